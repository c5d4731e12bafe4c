// Today's server beside that of an older revision. Each round starts both anew and runs the whole case on each, so that
// the spread of a row holds what differs from start to start as well.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settle_disk } from './machine.mjs'
import { median, short, spread } from './numbers.mjs'
import { Report, format_table } from './report.mjs'

const range = values => Math.max(...values) - Math.min(...values)

// By how much today's median is worse than the other one, in the row's own unit; below 0 it is better.
function loss_of({ is, today, before }) {
  const gain = median(today) - median(before)
  return is === 'least' ? -gain : gain
}

// A row counts as changed only when its medians lie further apart than the values of either server do.
function verdict_of(row) {
  if (row.today.length === 0 || row.before.length === 0) return 'not measured'
  if (!row.is) return ''
  const loss = loss_of(row)
  if (Math.abs(loss) <= Math.max(range(row.today), range(row.before))) return 'same'
  return loss > 0 ? 'WORSE' : 'better'
}

function figures_of(row) {
  const middle = { today: median(row.today), before: median(row.before) }
  return {
    ...row, medians: middle, ratio: middle.today / middle.before,
    spreads: { today: spread(row.today), before: spread(row.before) }, verdict: verdict_of(row),
  }
}

// One round of one case on one server adds to the rows, which are known by their names.
async function measure_case(bench, measure, rows, side) {
  const report = new Report(side === 'today' ? 'today' : bench.revision)
  await measure({ ...bench[side], report, rounds: 1 })
  for (const { what, is, value } of report.rows) {
    if (!rows.has(what)) rows.set(what, { what, is, today: [], before: [] })
    rows.get(what)[side].push(value)
  }
}

async function compare_case(bench, name, measure, rows) {
  for (let round = 1; round <= bench.rounds; round++) {
    process.stderr.write(`==> ${name}, round ${round} of ${bench.rounds}\n`)
    for (const side of ['today', 'before']) {
      settle_disk(bench.folder)
      await measure_case(bench, measure, rows, side)
    }
  }
}

const percent = part => Number.isFinite(part) ? `${Math.abs(Math.round(part * 100))} %` : '-'
const number = value => Number.isFinite(value) ? short(value) : '-'

const good = { least: 'more', most: 'less' }

const cells_of = row => [row.what, number(row.medians.today), number(row.medians.before), number(row.ratio),
  percent(row.spreads.today), percent(row.spreads.before), good[row.is] ?? '', row.verdict]

function table_of(rows, revision) {
  const head = ['row', 'today', revision, 'ratio', 'spread today', `spread ${revision}`, 'good is', 'today is']
  return format_table([head, ...rows.map(cells_of)])
}

// Gives 1 when a row is worse by more than its spread, or when a case failed.
export async function compare(bench, cases, about) {
  const rows = new Map()
  const failures = []
  for (const [name, measure] of Object.entries(cases)) {
    await compare_case(bench, name, measure, rows).catch(error => {
      failures.push(`${name}: ${error.message}`)
      process.stderr.write(`    failed: ${error.stack}\n`)
    })
  }
  const figures = [...rows.values()].map(figures_of)
  const count = verdict => figures.filter(row => row.verdict === verdict).length
  console.log(`${table_of(figures, bench.revision)}\n\n${count('WORSE')} worse, ${count('better')} better, ${count('same')} the same`)
  const file = join(bench.folder, 'compare.json')
  writeFileSync(file, JSON.stringify({ ...about, revision: bench.revision, failures, rows: figures }, null, 1))
  console.log(`written to ${file}`)
  for (const each of failures) console.error(`error: ${each}`)
  return failures.length > 0 || count('WORSE') > 0 ? 1 : 0
}
