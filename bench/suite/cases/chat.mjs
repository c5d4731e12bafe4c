// Fan-out: how many deliveries a second, and how late they are.
import { descriptors_max } from '../machine.mjs'
import { busy_note, cpu_said, in_turn, middle, said } from '../rounds.mjs'
import { short } from '../numbers.mjs'
import { with_servers } from '../servers.mjs'

// workerd takes two descriptors a socket and ends when it has no more.
function shape_for(name, shape) {
  if (name !== 'workerd') return shape
  const most = Math.floor((descriptors_max() - 1000) / 2)
  return { ...shape, per_room: Math.min(shape.per_room, most) }
}

// What came of one load, of all that have been told one after the other in each round.
const of_load = (results, load) =>
  Object.fromEntries(Object.entries(results).map(([name, rounds]) => [name, rounds.map(each => each[load])]))

async function fan_out(bench, rooms, per_room, loads) {
  const peers = bench.peers_of(['bun', 'workerd', 'ws'])
  await with_servers(bench, ['innkeeper', ...peers], async servers => {
    const measure = server => bench.alone(server, { ...shape_for(server.name, { rooms, per_room }), subscribe: 'chat' }, async client => {
      const heard = {}
      for (const load of loads) heard[load] = { ...await client.tell(`chat ${load} ${bench.seconds}`), sockets: client.ready.ready }
      return heard
    })
    const all = await in_turn(bench.rounds, servers, measure)
    for (const in_flight of loads) {
      const results = of_load(all, in_flight)
      if (peers.length === 0) {
        bench.report.add(`chat ${rooms}x${per_room}, ${in_flight} in flight, deliveries/s`, middle(results.innkeeper, 'rate'),
          `${said(results.innkeeper, 'rate')}; CPU each ${cpu_said(results.innkeeper)}`, { results, is: 'least' })
      }
      for (const peer of peers) {
        const sockets = middle(results[peer], 'sockets')
        const fewer = sockets < rooms * per_room ? ` to ${sockets} sockets` : ''
        bench.report.add(`chat ${rooms}x${per_room}, ${in_flight} in flight / ${peer}`,
          middle(results.innkeeper, 'rate') / middle(results[peer], 'rate'),
          `${said(results.innkeeper, 'rate')} : ${said(results[peer], 'rate')} deliveries/s${fewer}; CPU each ` +
          `${cpu_said(results.innkeeper)} : ${cpu_said(results[peer])}${busy_note({ a: results.innkeeper, b: results[peer] })}`,
          { results: { innkeeper: results.innkeeper, [peer]: results[peer] } })
      }
    }
  })
}

export const chat = async bench => {
  await fan_out(bench, 1, 1000, [1, 8])
  await fan_out(bench, 100, 10, [1, 4])
  await fan_out(bench, 1, 10_000, [1, 8])
}

// Both get the same messages a second: half of what the slower one does with one in flight. More in flight would let a server send
// several at once; messages that come evenly give it no such chance.
export const latency = async bench => {
  const peers = bench.peers_of(['bun', 'ws'])
  const per_room = 1000
  await with_servers(bench, ['innkeeper', ...peers], async servers => {
    const told = command => server =>
      bench.alone(server, { rooms: 1, per_room, subscribe: 'chat' }, client => client.tell(command))
    const top = await in_turn(3, servers, told(`chat 1 ${bench.seconds}`))
    const contestants = ['innkeeper', peers[0]].filter(Boolean)
    const rate = bench.chosen('chat rate', Math.min(...contestants.map(name => middle(top[name], 'rate'))) / per_room / 2)
    const results = await in_turn(bench.rounds, servers, told(`pace ${rate.toFixed(2)} ${2 * bench.seconds}`))
    if (peers.length === 0) {
      bench.report.add('chat p99 at half the top rate, us', middle(results.innkeeper, 'p99_us'),
        `p50 ${said(results.innkeeper, 'p50_us', ' us')} at ${short(rate)} messages/s to ${per_room}`, { results, is: 'most' })
    }
    for (const peer of peers) {
      for (const part of ['p50', 'p99']) {
        const field = `${part}_us`
        bench.report.add(`chat ${part} at half the top rate / ${peer}`,
          middle(results.innkeeper, field) / middle(results[peer], field),
          `${said(results.innkeeper, field, ' us')} : ${said(results[peer], field, ' us')} at ${short(rate)} messages/s to ${per_room}`,
          { results: { innkeeper: results.innkeeper, [peer]: results[peer] } })
      }
    }
  })
}

// The same load over more and more rooms of one socket each: what a message costs must not grow with the number of rooms.
export const growth = async bench => {
  const cost = {}
  for (const rooms of [10, 100, 1000, 10_000]) {
    const shape = { rooms, per_room: 1, subscribe: 'chat' }
    await with_servers(bench, ['innkeeper'], servers => bench.alone(servers.innkeeper, shape, async client => {
      const results = await in_turn(bench.rounds, { innkeeper: client }, each => each.tell(`visit 10 ${bench.seconds}`))
      cost[rooms] = middle(results.innkeeper, 'server_us_each')
      bench.report.add(`message in one of ${rooms} rooms, server CPU us`, cost[rooms], `${said(results.innkeeper, 'rate')} messages/s`,
        { results, is: 'most' })
    }))
  }
  bench.report.add('cost per message, 10,000 rooms / 10 rooms', cost[10_000] / cost[10], '', { is: 'most' })
}

// On two cores the second loop has to share its core with the client.
export const loops = async bench => {
  const shape = { rooms: 100, per_room: 10, subscribe: 'chat' }
  const makers = {
    1: () => bench.servers.innkeeper({ loops: 1 }),
    2: () => bench.servers.innkeeper({ loops: 2, cores: bench.cores.two }),
  }
  await with_servers(bench, Object.keys(makers), async servers => {
    for (const in_flight of [1, 4]) {
      const results = await in_turn(bench.rounds, servers, server =>
        bench.alone(server, shape, client => client.tell(`chat ${in_flight} ${bench.seconds}`)))
      bench.report.add(`2 loops / 1 loop, chat 100x10, ${in_flight} in flight`, middle(results[2], 'rate') / middle(results[1], 'rate'),
        `${said(results[2], 'rate')} : ${said(results[1], 'rate')} deliveries/s; CPU each ${cpu_said(results[2])} : ${cpu_said(results[1])}` +
        `; client ${Math.round(middle(results[2], 'client') * 100)} % : ${Math.round(middle(results[1], 'client') * 100)} % busy` +
        (bench.cores.all.length < 4 ? '; on this machine the second loop shares a core with the client' : ''), { results, is: 'least' })
    }
  }, makers)
}
