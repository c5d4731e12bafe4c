// Contestants in turn, A B A B, so that whatever else the machine does meets all of them alike.
import { median, short, spread } from './numbers.mjs'

// `measure(contestant)` gives a result; `contestants` are by name. Gives the results by name, in the order of the rounds.
export async function in_turn(rounds, contestants, measure) {
  const results = Object.fromEntries(Object.keys(contestants).map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, contestant] of Object.entries(contestants)) results[name].push(await measure(contestant))
  }
  return results
}

export const values = (results, field) => results.map(result => result[field])
export const middle = (results, field) => median(values(results, field))

// "229 k (8 %), 4.3 us of server CPU each"
export function said(results, field, unit = '') {
  const all = values(results, field)
  return `${short(median(all))}${unit} (${Math.round(spread(all) * 100)} %)`
}

export const cpu_said = results => `${short(middle(results, 'server_us_each'))} us`

// A client that has no time left measures itself.
export function busy_note(results) {
  const busiest = Math.max(...Object.values(results).map(each => middle(each, 'client')))
  return busiest > 0.9 ? `; the client was ${Math.round(busiest * 100)} % busy` : ''
}
