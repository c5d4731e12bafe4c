// What most people write first: Node with `ws`. A message goes to everybody in the room, its sender included, as the bytes that came:
// no JSON is read or made, nothing is stored. The frame is built by ws for every subscriber, as its API has it.
import { WebSocketServer } from 'ws'

const rooms = new Map()
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  perMessageDeflate: false,
  backlog: 4096,
})

server.on('connection', (socket, request) => {
  const name = new URL(request.url, 'http://localhost').searchParams.get('room') ?? 'default'
  if (!rooms.has(name)) rooms.set(name, new Set())
  const room = rooms.get(name)
  room.add(socket)
  socket.on('message', (message, binary) => {
    for (const each of room) each.send(message, { binary })
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    room.delete(socket)
    if (room.size === 0) rooms.delete(name)
  })
})
