// What machine this is, and what its disk takes for a write that has to last, and its memory for what has rested.
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export class Refusal extends Error {}

function read_allowed_cores() {
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]
  return list.split(',').flatMap(part => {
    const [first, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

const allowed_cores = read_allowed_cores() // before keep_to

// The server gets a core of its own, the client the next. Two loops get two more if there are any.
export function cores() {
  const all = allowed_cores
  if (all.length < 2) throw new Refusal('Server and client need a core each; this process may use only one.')
  const two = all.length >= 4 ? [all[0], all[2]] : [all[0], all[1]]
  return { all, server: String(all[0]), client: String(all[1]), two: two.join(',') }
}

// All threads of this process, those that optimize and clean up behind the suite as well: on the server's core, they had it wait
// for some milliseconds now and then.
export const keep_to = core => execFileSync('taskset', ['-acp', core, String(process.pid)], { stdio: 'ignore' })

// What has been written to the folder's disk, and is not there yet, would come in the way of what is measured next: the system writes
// it half a minute later, and a sync that meets it may take 30 ms.
export const settle_disk = folder => execFileSync('sync', ['-f', folder])

export function refuse_tmpfs(folder) {
  const type = execFileSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).trim()
  if (type === 'tmpfs' || type === 'ramfs') {
    throw new Refusal(`${folder} is on ${type}, where a sync costs nothing and proves nothing. ` +
      'Give a folder on a disk: INNKEEPER_BENCH_DIR=/var/tmp/bench script/bench')
  }
  return type
}

// On the server's core, as what the server does there has to be compared with it.
const probe_words = (file, ...options) =>
  ['-c', cores().server, process.execPath, fileURLToPath(new URL(file, import.meta.url)), ...options.map(String)]

export function disk_us(folder, count = 300) {
  return JSON.parse(execFileSync('taskset', probe_words('disk_probe.mjs', folder, count), { encoding: 'utf8' }))
}

// Most of the time it sleeps, in which nothing here should stand still.
export async function memory_us(pages, rest_ms) {
  return JSON.parse((await promisify(execFile)('taskset', probe_words('memory_probe.mjs', pages, rest_ms))).stdout)
}

export const descriptors_max = () => Number(/Max open files\s+\S+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1])

const first_match = (file, pattern) => pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 'unknown'

// Seconds of all processors that a virtual machine's host has given to others while this one had
// something to run, since it started: the eighth column of proc_stat(5), in hundredths.
export const stolen_s = () => Number(first_match('/proc/stat', /^cpu\s+(?:\d+ ){7}(\d+)/)) / 100

export function describe_machine(folder, file_system) {
  return {
    cores: cores().all.length,
    cpu: first_match('/proc/cpuinfo', /model name\s*:\s*(.*)/),
    kernel: release(),
    memory_gib: Math.round(first_match('/proc/meminfo', /MemTotal:\s*(\d+)/) / 1024 / 1024),
    load_average: Number(first_match('/proc/loadavg', /(\S+)/)),
    file_system,
    disk_us: disk_us(folder),
  }
}
