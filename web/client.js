// The client of a room: one WebSocket that is kept open for as long as the page is, with what the
// page subscribed to. It knows frames and sessions, but no page and no element.

const retryMsMin = 500;
const retryMsMax = 15_000;

// The server pings every 25 s. A socket that missed two pings is dead even if nobody said so: a
// laptop slept, a network changed.
const silenceMsMax = 60_000;
const silenceCheckMs = 5_000;

class RoomClient {
  profile = null;
  #url;
  #socket = null;
  #state = 'connecting';
  #failures = 0;
  #retryTimer = 0;
  #heardAtMs = 0;
  #channels = new Set();
  #frameHandlers = new Map();
  #stateHandlers = [];
  #changes = null;
  #changesSent = [];

  constructor(room) {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#url = `${scheme}//${location.host}/websocket?room=${encodeURIComponent(room)}`;
    this.on('profile', (profile) => this.#takeProfile(profile));
    addEventListener('online', () => this.#retryNow());
    document.addEventListener('visibilitychange', () => document.hidden || this.#retryNow());
    setInterval(() => this.#checkSilence(), silenceCheckMs);
  }

  connect() {
    clearTimeout(this.#retryTimer);
    this.#heardAtMs = Date.now();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    // A socket that was given up may still report: only the current one counts.
    const current = (handle) => (event) => socket === this.#socket && handle(event);
    socket.addEventListener('open', current(() => this.#opened()));
    socket.addEventListener('message', current((event) => this.#received(event.data)));
    socket.addEventListener('close', current(() => this.#lost()));
  }

  // Handlers get the frame's data, and the whole frame for the few that carry more.
  on(type, handler) {
    if (!this.#frameHandlers.has(type)) this.#frameHandlers.set(type, []);
    this.#frameHandlers.get(type).push(handler);
  }

  // States are 'connecting', 'open' and 'retrying'. Kept apart from frames, whose types anyone may
  // make up.
  onState(handler) {
    this.#stateHandlers.push(handler);
    handler(this.#state);
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  // Says whether it was sent: nothing is kept for later, since a vote or a remark that comes late
  // surprises.
  send(type, data) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify({type, data}));
    return true;
  }

  // Subscriptions belong to the session, thus to its other tabs too. For that reason no page ever
  // ends one: a tab that leaves a channel would silence the tab beside it.
  subscribe(channel) {
    this.#channels.add(channel);
    this.send('subscribe', channel);
  }

  forget(channel) {
    this.#channels.delete(channel);
  }

  // `login` replaces all properties, and each page knows only its own ones; so the latest are asked
  // for first and what another page or tab has set is kept. Resolves as soon as the login is on its
  // way: whatever is sent after that is handled after it. Survives a lost connection.
  changeProperties(changes) {
    this.#changes = {...this.#changes, ...changes};
    this.send('profile');
    return new Promise((resolve) => this.#changesSent.push(resolve));
  }

  #takeProfile(profile) {
    this.profile = profile;
    if (!this.#changes) return;
    const {subscriptions, ...kept} = profile.properties;
    this.send('login', {...kept, ...this.#changes});
    this.#changes = null;
    for (const resolve of this.#changesSent.splice(0)) resolve();
  }

  #opened() {
    this.#setState('open');
    // The server remembers subscriptions, but asking again brings what changed meanwhile.
    for (const channel of this.#channels) this.send('subscribe', channel);
  }

  #received(text) {
    this.#heardAtMs = Date.now();
    this.#failures = 0;
    const frame = JSON.parse(text);
    for (const handler of this.#frameHandlers.get(frame.type) ?? []) handler(frame.data, frame);
  }

  #lost() {
    const waitMs = Math.min(retryMsMax, retryMsMin * 2 ** this.#failures);
    this.#failures += 1;
    this.#socket = null;
    this.#setState('retrying');
    // Spread out, or everybody would come back in the same moment after a restart.
    this.#retryTimer = setTimeout(() => this.connect(), waitMs * (0.5 + Math.random() / 2));
  }

  #retryNow() {
    this.#checkSilence();
    if (this.#state === 'retrying' && !this.#socket) this.connect();
  }

  #checkSilence() {
    if (!this.#socket || Date.now() - this.#heardAtMs < silenceMsMax) return;
    // Closing a dead socket can itself take a minute, so it is not waited for.
    this.#socket.close();
    this.#lost();
  }

  #setState(state) {
    this.#state = state;
    for (const handler of this.#stateHandlers) handler(state);
  }
}
