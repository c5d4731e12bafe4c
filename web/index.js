// The start page: the room's numbers, and cards that lead into the room whose name is in the field.

const factsEveryMs = 3_000;
const factsGapMs = 500;

function showFacts(details) {
  for (const name of ['count', 'uniqueCount', 'increment', 'pollCount']) {
    setText(byId(`fact-${name}`), Number(details[name]).toLocaleString('en'));
  }
  const sockets = plural(details.count, 'open socket', 'open sockets');
  const guests = plural(details.uniqueCount, 'guest', 'guests');
  setText(byId('now-summary'), `${sockets}, ${guests}`);
}

// A failed read keeps the last numbers: the status line already says when the server is away.
const readFacts = () => readJson('/details').then(showFacts, () => {});
const refreshFacts = throttled(readFacts, () => factsGapMs);

function nameRoom(name) {
  setText(byId('room-name'), name);
  pointLinksAt(name);
}

byId('room').addEventListener('input', (event) => nameRoom(event.target.value || room));
nameRoom(room);
client.on('profile', refreshFacts);
repeat(refreshFacts, factsEveryMs);
