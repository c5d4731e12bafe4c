// What every page has: the room it is in, links that stay in it, the state of the connection, and
// toasts.

const toastMs = 9_000;
const toastsMax = 3;
const roomBytesMax = 255;

const room = new URLSearchParams(location.search).get('room') || 'default';
const client = new RoomClient(room);

function inRoom(path, name = room) {
  return `${path}?room=${encodeURIComponent(name)}`;
}

// The server refuses such a room before there is a socket, and a browser does not let a page read
// why.
function roomProblem(name) {
  if (new TextEncoder().encode(name).length > roomBytesMax) return 'This room name is too long';
  return /\p{Cc}/u.test(name) ? 'A room name has no control characters' : '';
}

function pointLinksAt(name) {
  for (const link of document.querySelectorAll('a[data-room-link]')) {
    link.href = inRoom(link.pathname, name);
  }
}

function toast(sentence, code = '') {
  const list = byId('toasts');
  const attributes = {class: 'toast-close', type: 'button', 'aria-label': 'Dismiss'};
  const close = element('button', attributes, '×');
  const text = element('p', {}, sentence);
  if (code) text.append(' ', element('code', {}, code));
  const box = element('div', {class: 'toast'}, text, close);
  close.addEventListener('click', () => box.remove());
  setTimeout(() => box.remove(), toastMs);
  while (list.children.length >= toastsMax) list.firstElementChild.remove();
  list.append(box);
}

function sendOrSay(type, data) {
  const sent = client.send(type, data);
  if (!sent) toast('Not connected just now, so nothing was sent.');
  return sent;
}

// Runs the task at once and then regularly, but not while nobody looks.
function repeat(task, everyMs) {
  const runIfSeen = () => document.hidden || task();
  setInterval(runIfSeen, everyMs);
  document.addEventListener('visibilitychange', runIfSeen);
  task();
}

// At most one run per gap: the first call runs at once, later ones share the run at the gap's end.
// `gapMs` is asked each time.
function throttled(task, gapMs) {
  let waiting = false;
  let again = false;
  const run = () => {
    waiting = true;
    again = false;
    setTimeout(() => {
      waiting = false;
      if (again) run();
    }, gapMs());
    task();
  };
  return () => {
    if (waiting) again = true;
    else run();
  };
}

async function readJson(path) {
  const answer = await fetch(inRoom(path), {cache: 'no-store'});
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

const stateTexts = {
  connecting: 'Connecting',
  open: 'Connected',
  retrying: 'Connection lost, trying again',
};

function furnish() {
  const field = byId('room');
  field.value = room;
  field.addEventListener('input', () => field.setCustomValidity(roomProblem(field.value)));
  pointLinksAt(room);
  for (const link of document.querySelectorAll('nav a')) {
    if (link.pathname === location.pathname) link.setAttribute('aria-current', 'page');
  }
  client.onState((state) => {
    byId('status').dataset.state = state;
    setText(byId('status'), stateTexts[state]);
  });
  client.on('error', (sentence, frame) => toast(sentence, frame.code));
}

function enter() {
  const problem = roomProblem(room);
  if (!problem) return client.connect();
  byId('status').dataset.state = 'refused';
  setText(byId('status'), problem);
}

furnish();
// After the page's own script has subscribed and listens: the first frames must find it ready.
queueMicrotask(enter);
