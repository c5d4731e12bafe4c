// Waking rooms, connecting, starting.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { settle_disk } from '../machine.mjs'
import { median, quantile, short } from '../numbers.mjs'
import { cpu_said, in_turn, middle, said } from '../rounds.mjs'
import { until_asleep } from '../servers.mjs'

const rows_per_room = 15

// A file of the server's own making with rooms put in by SQL: fifteen rows each, ten counters and five answers of a poll, or one.
async function prepared_file(bench, rooms, rows) {
  const file = join(bench.servers.new_folder(), 'innkeeper.db')
  await (await bench.servers.innkeeper({ data: file })).stop()
  const sql = spawn('sqlite3', [file], { stdio: ['pipe', 'ignore', 'inherit'] })
  const write = text => sql.stdin.write(text) || once(sql.stdin, 'drain')
  // Triggers see changes by hand, and refuse those of tallies.
  await write('.dbconfig enable_trigger off\nPRAGMA synchronous = OFF; BEGIN;\n')
  for (let first = 0; first < rooms; first += 1000) {
    const lines = []
    for (let i = first; i < Math.min(rooms, first + 1000); i++) {
      const id = createHash('sha256').update(`room${i}`).digest('hex')
      lines.push(`(${i + 1},'room','room${i}','${id}',1700000000000)`)
    }
    await write(`INSERT INTO objects (id, kind, name, object_id, created_ms) VALUES ${lines.join(',')};\n`)
  }
  const numbers = n => `WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ${n - 1})`
  await write("INSERT INTO room_states (object, config, increment) SELECT id, '', 1 FROM objects;\n")
  await write(`${numbers(rows > 1 ? 10 : 1)} INSERT INTO room_counters SELECT id, 'c' || i, '17.75' FROM objects, n;\n`)
  if (rows > 1) await write(`${numbers(5)} INSERT INTO room_tallies SELECT id, 'lunch', 'answer ' || i, 3 FROM objects, n;\n`)
  await write('COMMIT; PRAGMA wal_checkpoint(TRUNCATE);\n')
  sql.stdin.end()
  const [code] = await once(sql, 'close')
  if (code !== 0) throw new Error('sqlite3 could not prepare the rooms.')
  settle_disk(bench.folder)
  return file
}

const forget_cached = file => execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' })

export const waking = async bench => {
  const rooms = bench.quick ? 3000 : 15_000
  const file = await prepared_file(bench, rooms, rows_per_room)
  const server = await bench.servers.innkeeper({ data: file, flags: ['--hibernate-after', '1s'] })
  const client = await bench.connect(server, { rooms, per_room: 1, subscribe: 'counter:c0' })
  const wake = async outstanding => {
    await until_asleep(server)
    const before = await server.metrics()
    const result = await client.tell(`wake ${outstanding}`)
    const commits = (await server.metrics()).innkeeper_commits_total - before.innkeeper_commits_total
    if (commits > 0) throw new Error('Waking has written something: this measures more than waking.')
    return result
  }
  const results = await in_turn(bench.rounds, { many: 64, one: 1 }, wake)
  bench.report.add('waking, rooms/s', middle(results.many, 'rate'),
    `${said(results.many, 'rate')} with 64 under way; ${rows_per_room} rows each; CPU each ${cpu_said(results.many)}`, { results })
  bench.report.add('waking, p99 ms', middle(results.one, 'p99_us') / 1000,
    `p50 ${said(results.one, 'p50_us', ' us')}, p99 ${said(results.one, 'p99_us', ' us')}, one after the other`)
  await client.leave()
  await server.stop()
}

export const connecting = async bench => {
  const clients = {}
  const shape = { rooms: 100, per_room: 10, closed: true }
  for (const name of ['innkeeper', ...bench.peers_of(['bun', 'ws'])]) {
    clients[name] = await bench.connect(await bench.servers[name](), shape)
  }
  const results = await in_turn(bench.rounds, clients, client => client.tell(`connect 64 ${bench.seconds}`))
  bench.report.add('connecting, handshakes/s', middle(results.innkeeper, 'rate'),
    `${said(results.innkeeper, 'rate')}, 64 under way; p99 ${said(results.innkeeper, 'p99_us', ' us')}`, { is: 'least' })
  for (const peer of bench.peers_of(['bun', 'ws'])) {
    bench.report.add(`connecting / ${peer}`, middle(results.innkeeper, 'rate') / middle(results[peer], 'rate'),
      `${said(results.innkeeper, 'rate')} : ${said(results[peer], 'rate')} handshakes/s; CPU each ${cpu_said(results.innkeeper)} : ` +
      `${cpu_said(results[peer])}; ours are numbered, stored and synced`, { results })
  }
  for (const client of Object.values(clients)) {
    await client.leave()
    await client.server.stop()
  }
}

// Of rooms chosen at random, each for the first time since the start.
async function first_messages(bench, server, count, rooms) {
  const client = await bench.connect(server, { closed: true, subscribe: 'counter:c0' })
  const chosen = Array.from({ length: count }, () => `room${Math.floor(Math.random() * rooms)}`)
  const { waits_us } = await client.tell(`newcomer ${chosen.join(' ')}`)
  await client.leave()
  return waits_us.map(us => us / 1000)
}

// The file is not in the system's cache at the start, as after a reboot.
export const starting = async bench => {
  const rooms = bench.quick ? 100_000 : 1_000_000
  const file = await prepared_file(bench, rooms, 1)
  const starts = []
  const messages = []
  for (let round = 0; round < bench.rounds; round++) {
    forget_cached(file)
    const begun = process.hrtime.bigint()
    const server = await bench.servers.innkeeper({ data: file })
    starts.push({ ms: Number(process.hrtime.bigint() - begun) / 1e6 })
    messages.push(...await first_messages(bench, server, Math.ceil(200 / bench.rounds), rooms))
    await server.stop()
  }
  bench.report.add(`start with ${rooms.toLocaleString('en')} rooms, ms`, median(starts.map(each => each.ms)),
    `${said(starts, 'ms', ' ms')}, from exec to accepting; file of ${short(statSync(file).size / 1e6)} MB, not cached`, { starts, is: 'most' })
  bench.report.add('first message of any room, worst of 200, ms', Math.max(...messages),
    `p50 ${short(quantile(messages, 0.5))} ms, p99 ${short(quantile(messages, 0.99))} ms, from the upgrade request to the room's counter: woken, numbered, synced`)
}
