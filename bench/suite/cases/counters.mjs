// Durable counters: each acknowledged only when it is on disk.
import { disk_us } from '../machine.mjs'
import { median, short } from '../numbers.mjs'
import { cpu_said, in_turn, middle, said } from '../rounds.mjs'
import { with_servers } from '../servers.mjs'

const shape = rooms => ({ rooms, per_room: 1, subscribe: 'counter:c0' })

// One command, and how many acknowledgements each of the server's transactions gave meanwhile; each transaction is one fsync.
async function count(bench, client) {
  const before = await client.server.metrics?.()
  const result = await client.tell(`count ${bench.seconds}`)
  const after = await client.server.metrics?.()
  const grown = name => after[name] - before[name]
  const per_fsync = after &&
    grown('innkeeper_acknowledgements_per_commit_sum') / grown('innkeeper_acknowledgements_per_commit_count')
  return { ...result, per_fsync }
}

async function beside_redis(bench, rooms, peers) {
  await with_servers(bench, ['innkeeper', ...peers], async servers => {
    const results = await in_turn(bench.rounds, servers, server => bench.alone(server, shape(rooms), client => count(bench, client)))
    for (const peer of peers) {
      bench.report.add(`counters, ${rooms} rooms / ${peer}`, middle(results.innkeeper, 'rate') / middle(results[peer], 'rate'),
        `${said(results.innkeeper, 'rate')} : ${said(results[peer], 'rate')} acknowledged/s; p99 ${said(results.innkeeper, 'p99_us', ' us')} : ` +
        `${said(results[peer], 'p99_us', ' us')}; CPU each ${cpu_said(results.innkeeper)} : ${cpu_said(results[peer])}`, { results })
    }
    if (peers.length === 0) {
      bench.report.add(`counters, ${rooms} rooms, acknowledged/s`, middle(results.innkeeper, 'rate'),
        `${said(results.innkeeper, 'rate')}; CPU each ${cpu_said(results.innkeeper)}`, { results, is: 'least' })
    }
    bench.report.add(`acknowledgements per fsync, ${rooms} rooms`, middle(results.innkeeper, 'per_fsync'), '', { is: 'least' })
  })
}

export const counters = async bench => {
  for (const rooms of [1, 10, 100, 1000, 10_000]) await beside_redis(bench, rooms, bench.peers_of(['redis']))
}

// The disk is probed in turn with the counter, so that both meet the same disk.
export const lone = async bench => {
  const server = await bench.servers.innkeeper()
  const client = await bench.connect(server, shape(1))
  const contestants = {
    disk: () => disk_us(bench.folder, 200),
    counter: () => client.tell(`count ${bench.seconds}`),
  }
  const results = await in_turn(bench.rounds, contestants, measure => measure())
  const counter = middle(results.counter, 'p50_us')
  const note = `${said(results.counter, 'p50_us', ' us')} : ${said(results.disk, 'overwrite_p50', ' us')}; p99 ` +
    `${said(results.counter, 'p99_us', ' us')} : ${said(results.disk, 'overwrite_p99', ' us')}`
  bench.report.add('lone counter, latency / bare overwrite + fdatasync', counter / middle(results.disk, 'overwrite_p50'), note, { results })
  bench.report.add('lone counter, latency / bare append + fdatasync', counter / middle(results.disk, 'append_p50'),
    `append p50 ${short(median(results.disk.map(each => each.append_p50)))} us`, { is: 'most' })
  await client.leave()
  await server.stop()
}
