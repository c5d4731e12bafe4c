// node disk_probe.mjs FOLDER COUNT: what a bare 4 KB write that is synced before the next takes there, in microseconds.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median, quantile } from './numbers.mjs'

const page_bytes = 4096

// In place, or at the file's growing end.
function synced_writes(folder, in_place, count) {
  const file = join(folder, `probe-${process.pid}`)
  const page = Buffer.alloc(page_bytes, 1)
  const opened = openSync(file, 'w')
  const times = []
  try {
    writeSync(opened, page, 0, page_bytes, 0)
    fdatasyncSync(opened)
    for (let i = 1; i <= count; i++) {
      page.writeUInt32LE(i)
      const begun = process.hrtime.bigint()
      writeSync(opened, page, 0, page_bytes, in_place ? 0 : i * page_bytes)
      fdatasyncSync(opened)
      times.push(Number(process.hrtime.bigint() - begun) / 1000)
    }
  } finally {
    closeSync(opened)
    rmSync(file)
  }
  return times
}

const [folder, count] = process.argv.slice(2)
const overwrite = synced_writes(folder, true, Number(count))
const append = synced_writes(folder, false, Number(count))
console.log(JSON.stringify({ overwrite_p50: median(overwrite), overwrite_p99: quantile(overwrite, 0.99), append_p50: median(append) }))
