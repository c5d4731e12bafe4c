// Runs the cases, prints the table, writes the JSON. script/bench starts it with everything prepared.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chat, growth, latency, loops } from './cases/chat.mjs'
import { counters, lone } from './cases/counters.mjs'
import { idle, sleeping } from './cases/idle.mjs'
import { connecting, starting, waking } from './cases/waking.mjs'
import { Client } from './client.mjs'
import { compare } from './compare.mjs'
import { Refusal, cores, describe_machine, keep_to, refuse_tmpfs, settle_disk, stolen_s } from './machine.mjs'
import { short } from './numbers.mjs'
import { Report } from './report.mjs'
import { Servers, version_of } from './servers.mjs'

const cases = { chat, latency, counters, lone, idle, sleeping, waking, connecting, starting, loops, growth }
const known_peers = ['bun', 'ws', 'workerd', 'redis']

function read_arguments(words) {
  const wanted = { cases: [], quick: false, peers: known_peers }
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '--quick') wanted.quick = true
    else if (words[i] === '--peers') wanted.peers = (words[++i] ?? '').split(',').filter(Boolean)
    else if (Object.hasOwn(cases, words[i])) wanted.cases.push(words[i])
    else throw new Refusal(`There is no case '${words[i]}'. There are: ${Object.keys(cases).join(' ')}`)
  }
  const unknown = wanted.peers.find(name => !known_peers.includes(name) && name !== 'none')
  if (unknown) throw new Refusal(`There is no peer '${unknown}'. There are: ${known_peers.join(',')} (or none)`)
  if (wanted.cases.length === 0) wanted.cases = Object.keys(cases)
  return wanted
}

function make_bench(wanted, folder, report, binary = process.env.INNKEEPER_BINARY, choices = new Map()) {
  const { INNKEEPER_LOAD: load, INNKEEPER_BENCH_PEERS: peers } = process.env
  const pinned = cores()
  const connect = (server, shape) => Client.to(server, load, pinned.client, shape)
  return {
    report, folder, cores: pinned, quick: wanted.quick,
    rounds: wanted.quick ? 3 : 5,
    seconds: wanted.quick ? 0.3 : 1,
    connect,
    // No other server has sockets open meanwhile. The kernel finds those that it has had for longest last: whoever had been connected
    // first would be at a loss, by up to an eighth with 10,000 sockets each.
    async alone(server, shape, body) {
      const client = await connect(server, shape)
      try {
        return await body(client)
      } finally {
        await client.leave()
      }
    },
    // What the first server of a run has led to: all others that it is compared with get the same.
    chosen: (name, value) => choices.has(name) ? choices.get(name) : choices.set(name, value).get(name),
    peers_of: names => names.filter(name => wanted.peers.includes(name)),
    servers: new Servers({ binary, peers, folder, cores: pinned }),
  }
}

const commit = () => execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim()

function heading(machine, versions) {
  const disk = machine.disk_us
  return [
    `${machine.cores} cores, ${machine.cpu}, Linux ${machine.kernel}, ${machine.memory_gib} GiB; load average before: ${machine.load_average}`,
    `disk (${machine.file_system}): 4 KB overwrite + fdatasync p50 ${short(disk.overwrite_p50)} us, p99 ${short(disk.overwrite_p99)} us; ` +
      `append + fdatasync p50 ${short(disk.append_p50)} us`,
    `peers: ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ') || 'none'}`,
  ].join('\n')
}

function versions_of(peers) {
  const versions = Object.fromEntries(peers.filter(name => !['redis', 'none'].includes(name))
    .map(name => [name, version_of(process.env.INNKEEPER_BENCH_PEERS, name)]))
  if (peers.includes('ws')) versions.node = process.version
  if (peers.includes('redis')) versions.redis = /v(?:=| )([\d.]+)/.exec(execFileSync('redis-cli', ['--version'], { encoding: 'utf8' }).replace('redis-cli ', 'v='))?.[1] ?? 'unknown'
  return versions
}

// script/bench names the other revision and its server here.
function compare_revisions(wanted, folder) {
  const { COMPARED_REVISION: revision, COMPARED_BINARY: other } = process.env
  const alone = { ...wanted, peers: ['none'] }
  const choices = new Map()
  const today = make_bench(alone, folder, null, process.env.INNKEEPER_BINARY, choices)
  const before = make_bench(alone, join(folder, 'compare'), null, other, choices)
  const chosen = Object.fromEntries(wanted.cases.map(name => [name, cases[name]]))
  return compare({ today, before, revision, folder, rounds: today.rounds }, chosen,
    { commit: commit(), at: new Date().toISOString(), build: process.env.COMPARED_BUILD })
}

async function main() {
  const wanted = read_arguments(process.argv.slice(2))
  const folder = resolve(process.env.INNKEEPER_BENCH_DIR)
  mkdirSync(folder, { recursive: true })
  const file_system = refuse_tmpfs(folder)
  keep_to(cores().client)
  settle_disk(folder)
  if (process.env.COMPARED_REVISION) return compare_revisions(wanted, folder)
  const machine = describe_machine(folder, file_system)
  const versions = versions_of(wanted.peers)
  const report = new Report()
  const bench = make_bench(wanted, folder, report)
  const begun = Date.now()
  const stolen_before = stolen_s()
  const failures = []
  for (const name of wanted.cases) {
    settle_disk(folder)
    process.stderr.write(`==> ${name} (${Math.round((Date.now() - begun) / 1000)} s so far)\n`)
    await cases[name](bench).catch(error => {
      failures.push(`${name}: ${error.message}`)
      process.stderr.write(`    failed: ${error.stack}\n`)
    })
  }
  const seconds = Math.round((Date.now() - begun) / 1000)
  const stolen = stolen_s() - stolen_before
  console.log(`${heading(machine, versions)}\n\n${report.table()}\n\n${report.summary()}; ` +
    `${bench.rounds} rounds of ${bench.seconds} s, ${seconds} s in all; ` +
    `the host took ${short(stolen)} s of the processors' time for others meanwhile`)
  const file = join(folder, 'results.json')
  writeFileSync(file, JSON.stringify({ commit: commit(), at: new Date(begun).toISOString(), machine, versions, seconds, stolen_s: stolen, failures, rows: report.rows }, null, 1))
  console.log(`written to ${file}`)
  for (const each of failures) console.error(`error: ${each}`)
  return failures.length ? 1 : 0
}

try {
  process.exit(await main())
} catch (error) {
  console.error(`error: ${error instanceof Refusal ? error.message : error.stack}`)
  process.exit(2)
}
