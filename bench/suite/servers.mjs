// Innkeeper and its peers, each started alone on the server's core.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Process, free_port, sleep } from './process.mjs'

const start_ms_max = 60_000

// Rates and numbers of sockets that a load from one address would run into; 0 means no limit.
const load_limits = /^\s+--([a-z-]*-per-[a-z-]+|[a-z-]+-burst|sockets-max)\s/gm

function reachable(port) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => socket.destroy() && resolve(true))
    socket.once('error', () => resolve(false))
  })
}

export class Servers {
  constructor({ binary, peers, folder, cores }) {
    Object.assign(this, { binary, peers, folder, cores, number: 0 })
    const help = execFileSync(binary, ['serve', '--help'], { encoding: 'utf8' })
    this.no_limits = [...help.matchAll(load_limits)].flatMap(([, name]) => [`--${name}`, '0'])
  }

  async innkeeper({ loops = 1, cores = this.cores.server, flags = [], data } = {}) {
    const file = data ?? join(this.new_folder(), 'innkeeper.db')
    const words = port => [this.binary, 'serve', '--port', port, '--data', file, '--loops', loops,
      '--log-level', 'error', ...this.no_limits, ...flags]
    const server = await this.start('innkeeper', words, { cores })
    server.dialect = 'rooms'
    server.metrics = () => metrics_of(server.port)
    return server
  }

  bun() {
    return this.start('bun', () => [this.program('@oven/bun-linux-', 'bin/bun'), join(this.peers, 'bun.mjs')])
  }

  ws() {
    return this.start('ws', () => [process.execPath, join(this.peers, 'ws.mjs')])
  }

  workerd() {
    const program = this.program('@cloudflare/workerd-linux-', 'bin/workerd')
    const config = join(this.peers, 'workerd', 'config.capnp')
    return this.start('workerd', port => [program, 'serve', config, '--socket-addr', `http=127.0.0.1:${port}`])
  }

  async redis() {
    const folder = this.new_folder()
    // The Debian package of the tools holds the server's program, without the service that its own package would start.
    const program = join(folder, 'redis-server')
    symlinkSync('/usr/bin/redis-check-rdb', program)
    const server = await this.start('redis', port => [program, '--port', port, '--bind', '127.0.0.1', '--dir', folder,
      '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--auto-aof-rewrite-percentage', 0,
      '--maxclients', 15_000, '--daemonize', 'no'])
    server.dialect = 'resp'
    return server
  }

  async start(name, words, { cores = this.cores.server } = {}) {
    const port = await free_port()
    const server = new Process(name, cores, words(port).map(String), {
      env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'],
    })
    const deadline = Date.now() + start_ms_max
    while (!(await reachable(port))) {
      if (server.over || Date.now() > deadline) {
        await server.stop('SIGKILL')
        throw new Error(`${name} did not start. It said: ${server.said || 'nothing'}`)
      }
      await sleep(5)
    }
    return Object.assign(server, { port, dialect: 'raw' })
  }

  program(prefix, path) {
    const machine = { x64: ['x64', '64'], arm64: ['aarch64', 'arm64'] }[process.arch] ?? []
    const found = machine.map(each => join(this.peers, 'node_modules', prefix + each, path)).find(existsSync)
    if (!found) throw new Error(`npm has brought no ${prefix}* for ${process.arch}; leave it out with --peers`)
    return found
  }

  new_folder() {
    const folder = join(this.folder, `data-${++this.number}`)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    return folder
  }
}

// `make` starts each by its name; they are stopped whatever happens.
export async function with_servers(bench, names, body, make = bench.servers) {
  const servers = {}
  try {
    for (const name of names) servers[name] = await make[name]()
    await body(servers)
  } finally {
    for (const server of Object.values(servers)) await server.stop()
  }
}

// name -> value, of the metrics without labels.
async function metrics_of(port) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } })
  const lines = (await response.text()).split('\n').filter(line => line && !line.startsWith('#'))
  return Object.fromEntries(lines.map(line => line.split(' ')).map(([name, value]) => [name, Number(value)]))
}

// When all rooms are asleep, or there have never been any.
export async function until_asleep(server, ms_max = 60_000) {
  const deadline = Date.now() + ms_max
  while ((await server.metrics()).innkeeper_rooms_awake > 0) {
    if (Date.now() > deadline) throw new Error('The rooms do not fall asleep.')
    await sleep(200)
  }
}

export const version_of = (peers, name) =>
  JSON.parse(readFileSync(join(peers, 'node_modules', name, 'package.json'), 'utf8')).version
