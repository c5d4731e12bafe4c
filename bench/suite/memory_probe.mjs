// node memory_probe.mjs PAGES REST_MS: what the first look at a page of memory takes that nobody has looked at for so long, in
// microseconds, and what it takes soon after. A virtual machine's host may take away what rests, and bring it back when it is
// wanted: the machine does not know of that, and whoever wants the page is busy meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import { mean } from './numbers.mjs'

const page_bytes = 4096
const line_bytes = 64
const long_us = 5 // far more than memory ever takes

const [pages, rest_ms] = process.argv.slice(2).map(Number)
const memory = new Uint8Array(pages * page_bytes).fill(1)

// In no order that could be foreseen, and not at the same place of each.
const places = Uint32Array.from({ length: pages }, (_, i) => i * page_bytes + line_bytes * (i % (page_bytes / line_bytes)))
for (let i = pages - 1; i > 0; i--) {
  const other = Math.floor(Math.random() * (i + 1))
  ;[places[i], places[other]] = [places[other], places[i]]
}

function look_at_all() {
  const times = new Float64Array(pages)
  const faults_before = process.resourceUsage().minorPageFault
  let sum = 0
  for (let i = 0; i < pages; i++) {
    const begun = performance.now()
    sum += memory[places[i]]
    times[i] = 1000 * (performance.now() - begun)
  }
  if (sum !== pages) throw new Error('The memory is not what was written to it.')
  const long = times.filter(us => us > long_us)
  return { mean_us: mean(times), long: long.length, long_us: long.length > 0 ? mean(long) : 0, faults: process.resourceUsage().minorPageFault - faults_before }
}

look_at_all() // compiles it
const at_once = look_at_all()
await sleep(rest_ms)
console.log(JSON.stringify({ at_once, rested: look_at_all() }))
