// A room as a Durable Object, in the plainest way that its documentation shows. A message goes to everybody in the room, its sender
// included, as the text that came: no JSON is read or made, nothing is stored.
export class Room {
  sockets = new Set()

  fetch() {
    const [client, socket] = Object.values(new WebSocketPair())
    socket.accept()
    this.sockets.add(socket)
    socket.addEventListener('message', ({ data }) => {
      for (const each of this.sockets) each.send(data)
    })
    const leave = () => this.sockets.delete(socket)
    socket.addEventListener('close', leave)
    socket.addEventListener('error', leave)
    return new Response(null, { status: 101, webSocket: client })
  }
}

export default {
  fetch(request, { ROOMS }) {
    if (request.headers.get('Upgrade') !== 'websocket') return new Response('expected websocket', { status: 400 })
    const room = new URL(request.url).searchParams.get('room') ?? 'default'
    return ROOMS.get(ROOMS.idFromName(room)).fetch(request)
  },
}
