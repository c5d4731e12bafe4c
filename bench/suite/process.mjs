// A child process that is pinned to cores, watched, and ended when the suite ends.
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'

const running = new Set()
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')))

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

export function free_port() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

export class Process {
  constructor(name, cores, words, options = {}) {
    this.name = name
    this.said = ''
    this.child = spawn('taskset', ['-c', cores, ...words], { stdio: ['pipe', 'pipe', 'pipe'], ...options })
    running.add(this.child)
    this.child.stderr.on('data', text => (this.said = (this.said + text).slice(-4000)))
    this.child.on('error', error => (this.said += error.message))
    this.ended = new Promise(resolve => this.child.once('close', code => {
      running.delete(this.child)
      this.over = true
      resolve(code)
    }))
  }

  // taskset becomes the program: the id stays.
  get pid() {
    return this.child.pid
  }

  async stop(signal = 'SIGTERM') {
    if (this.over) return
    this.child.kill(signal)
    const late = setTimeout(() => this.child.kill('SIGKILL'), 8000)
    await this.ended
    clearTimeout(late)
  }

  // Of all its threads, in nanoseconds; a thread that has ended takes its share along.
  cpu_ns() {
    let total = 0
    for (const thread of readdirSync(`/proc/${this.pid}/task`)) {
      try {
        total += Number(readFileSync(`/proc/${this.pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
      } catch { /* it ended just now */ }
    }
    return total
  }

  resident_bytes() {
    return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]) * 1024
  }
}
