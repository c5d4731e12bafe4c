// The peer to beat in fan-out: Bun's own publish/subscribe (uWebSockets inside). A message goes to everybody in the room, its sender
// included, as the bytes that came: no JSON is read or made, nothing is stored, nobody has a number or a session.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  fetch(request, server) {
    const room = new URL(request.url).searchParams.get('room') ?? 'default'
    if (server.upgrade(request, { data: { room } })) return
    return new Response('expected websocket', { status: 400 })
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      socket.subscribe(socket.data.room)
    },
    message(socket, message) {
      server.publish(socket.data.room, message)
    },
  },
})
