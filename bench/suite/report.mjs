// Rows with their goals, as a table for people and as JSON for whoever compares.
import { readFileSync } from 'node:fs'
import { short } from './numbers.mjs'

const goals = JSON.parse(readFileSync(new URL('../goals.json', import.meta.url), 'utf8'))

function verdict_of(goal, value) {
  if (!goal) return ''
  const reaches = bound => goal.is === 'least' ? value >= bound : value <= bound + (goal.slack ?? 0)
  if (reaches(goal.goal)) return 'met'
  return goal.floor === undefined || reaches(goal.floor) ? 'missed' : 'BELOW FLOOR'
}

const bound_text = (goal, bound) =>
  bound === undefined ? '' : `${goal.is === 'least' ? '>=' : '<='} ${bound >= 1000 ? short(bound) : bound}`

// The first line is the head.
export function format_table(all) {
  const widths = all[0].map((_, i) => Math.max(...all.map(line => line[i].length)))
  const line = cell => `| ${cell.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`
  return [line(all[0]), `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...all.slice(1).map(line)].join('\n')
}

export class Report {
  rows = []

  // `label` says whose rows they are, where two servers are compared.
  constructor(label = '') {
    this.label = label
  }

  // `what` is the key in goals.json; `note` says what the value was made of. A row without a goal says in `details` what is
  // better: `is: 'least'` more, `is: 'most'` less. One that says neither tells of the machine, not of the server.
  add(what, value, note = '', details = {}) {
    const goal = goals[what]
    const row = { what, value, goal: goal?.goal, floor: goal?.floor, is: goal?.is, verdict: verdict_of(goal, value), note, ...details }
    this.rows.push(row)
    process.stderr.write(`    ${this.label && `${this.label}: `}${what}: ${short(value)} ${row.verdict && `(${row.verdict})`}  ${note}\n`)
  }

  table() {
    const cells = this.rows.map(row => [row.what, short(row.value), bound_text(row, row.goal), bound_text(row, row.floor),
      row.verdict, row.note])
    return format_table([['case', 'result', 'goal', 'floor', 'verdict', 'medians, spread in brackets'], ...cells])
  }

  summary() {
    const count = verdict => this.rows.filter(row => row.verdict === verdict).length
    return `${count('met')} met, ${count('missed')} missed, ${count('BELOW FLOOR')} below the floor`
  }
}
