// The load client (bench/load): connections to one server, and the commands that it takes.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { Process } from './process.mjs'

export class Client {
  // `shape`: rooms, per_room, subscribe, prefix, opening, bytes, closed.
  static async to(server, program, core, shape) {
    const words = [program, '--port', server.port, '--dialect', server.dialect]
    for (const [name, value] of Object.entries(shape)) {
      if (name === 'closed') words.push('--closed')
      else if (server.dialect === 'rooms' || name !== 'subscribe') words.push(`--${name.replace('_', '-')}`, value)
    }
    const client = new Client(server, new Process('load', core, words.map(String)))
    client.ready = await client.answer()
    return client
  }

  constructor(server, child) {
    this.server = server
    this.process = child
    this.lines = createInterface({ input: child.child.stdout })[Symbol.asyncIterator]()
    child.child.stdin.on('error', () => {}) // told by the missing answer
  }

  // The result has what the client printed, and the server's CPU time for each of `count`.
  async tell(command) {
    const before = this.server.cpu_ns()
    this.process.child.stdin.write(`${command}\n`)
    const result = await this.answer()
    const cpu_ns = this.server.cpu_ns() - before
    return { ...result, server_us_each: cpu_ns / 1000 / Math.max(1, result.count) }
  }

  async answer() {
    const { value, done } = await this.lines.next()
    if (!done) return JSON.parse(value)
    await this.process.ended
    throw new Error(`The load on ${this.server.name} failed. ${this.process.said}${this.server.said}`)
  }

  async leave() {
    this.process.child.stdin.end('quit\n')
    await this.process.ended
  }
}
