// What costs something though nothing happens.
import { memory_us } from '../machine.mjs'
import { sleep } from '../process.mjs'
import { short } from '../numbers.mjs'
import { until_asleep } from '../servers.mjs'

const ping_interval_ms = 25_000 // of the rooms protocol
const settle_ms = 2500
const give_back_ms = 65_000 // a socket that is gone is forgotten when it would next have been looked at, within a minute

const hibernate = ['--hibernate-after', '1s']

// A few connections first: what a server sets up once is not what a socket costs.
async function warmed(bench, server) {
  const first = await bench.connect(server, { rooms: 1, per_room: 100, prefix: 'warm' })
  await first.leave()
  if (server.metrics) await until_asleep(server)
  await sleep(settle_ms)
  return server
}

async function settled(server) {
  if (server.metrics) await until_asleep(server)
  await sleep(settle_ms)
}

// By the system's count, and by the allocator's, which knows what of it is in use.
async function memory_of(server) {
  return { resident: server.resident_bytes(), allocated: server.metrics ? (await server.metrics()).innkeeper_allocated_bytes : NaN }
}

// Whoever has spoken is only found to be quiet when the next ping is due; `spoken` waits for that.
async function per_socket(bench, server, shape, spoken = false) {
  await warmed(bench, server)
  const before = await memory_of(server)
  const client = await bench.connect(server, shape)
  if (spoken) await sleep(ping_interval_ms + settle_ms)
  await settled(server)
  const now = await memory_of(server)
  const each = kind => (now[kind] - before[kind]) / (shape.rooms * shape.per_room)
  return { client, bytes: each('resident'), in_use: each('allocated') }
}

const start = (bench, name) => name === 'innkeeper' ? bench.servers.innkeeper({ flags: hibernate }) : bench.servers[name]()

export const idle = async bench => {
  const sockets = bench.quick ? 5000 : 15_000
  const shape = { rooms: 10, per_room: sockets / 10 }
  for (const name of ['innkeeper', ...bench.peers_of(['bun', 'ws', 'workerd'])]) {
    const few = name === 'workerd' ? { rooms: 10, per_room: 200 } : shape // 110 KB each
    const { client, bytes } = await per_socket(bench, await start(bench, name), few)
    const count = few.rooms * few.per_room
    bench.report.add(name === 'innkeeper' ? 'idle socket, resident bytes' : `idle socket, resident bytes, ${name}`, bytes,
      `${short(count)} sockets in 10 rooms`)
    await client.leave()
    await client.server.stop()
  }
}

// Rooms of one socket each, beside the same sockets, as subscribed and as quiet, in few rooms; then the sockets go, and come
// and go again.
export const sleeping = async bench => {
  const rooms = bench.quick ? 5000 : 15_000
  const subscribe = 'counter:c0'
  const few = await per_socket(bench, await start(bench, 'innkeeper'), { rooms: 10, per_room: rooms / 10, subscribe }, true)
  await few.client.leave()
  await few.client.server.stop()
  const server = await start(bench, 'innkeeper')
  const shape = { rooms, per_room: 1, subscribe }
  const { client, bytes, in_use } = await per_socket(bench, server, shape, true)
  bench.report.add('sleeping room with a socket, bytes besides it', bytes - few.bytes,
    `${short(bytes)} B with its socket, which alone is ${short(few.bytes)} B; ${short(rooms)} rooms; ` +
    `of them in use ${short(in_use - few.in_use)} B`)
  await idle_cpu(bench, server, rooms)
  await client.leave()
  await without_sockets(bench, server, shape)
  await server.stop()
}

// Two whole intervals: each socket gets its JSON ping twice, once with a ping of the WebSocket protocol, which it answers.
async function idle_cpu(bench, server, rooms) {
  const shares = []
  for (let interval = 0; interval < 2; interval++) {
    const before = server.cpu_ns()
    const begun = process.hrtime.bigint()
    await sleep(ping_interval_ms)
    shares.push(100 * (server.cpu_ns() - before) / Number(process.hrtime.bigint() - begun))
  }
  bench.report.add(`idle CPU, ${rooms} sockets and sleeping rooms, %`, (shares[0] + shares[1]) / 2,
    `over two times ${ping_interval_ms / 1000} s, ${short(rooms / 25)} pings/s; ${shares.map(short).join(' and ')}, with pongs in one of them`, { is: 'most' })
  await rested_memory(bench)
}

// Between two pings of a socket nobody needs what it has: what this costs depends on what the machine makes of memory that rests.
async function rested_memory(bench) {
  const pages = 15_000
  const { at_once, rested } = await memory_us(pages, ping_interval_ms)
  bench.report.add(`first look at a page of memory that has rested for ${ping_interval_ms / 1000} s, us`, rested.mean_us,
    `${short(at_once.mean_us)} at once; ${rested.long} of ${pages} pages took more than 5 us, ${short(rested.long_us)} each, with ${rested.faults} page faults ` +
    'of this system\'s own: the rest is its host\'s')
}

// What the rooms of one round leave behind they leave behind each time. Resident memory goes up and down by what the allocator
// happens to keep; its own count of what is in use does not.
async function without_sockets(bench, server, shape) {
  const left = await given_back(server)
  const again = await bench.connect(server, shape)
  await settled(server)
  await again.leave()
  const now = await given_back(server)
  const mib = bytes => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  bench.report.add('sleeping room without sockets, bytes', (now.allocated - left.allocated) / shape.rooms,
    `growth of what is in use when all rooms have been used and left once more: from ${mib(left.allocated)} to ${mib(now.allocated)}; ` +
    `resident ${mib(left.resident)} : ${mib(now.resident)}`)
}

async function given_back(server) {
  await until_asleep(server)
  await sleep(give_back_ms)
  return memory_of(server)
}
