// Who is in the room. The server lists sockets; here several sockets of one session are one person.

const peopleEveryMs = 4_000;
// A crowd costs everyone a longer list at each read, so the more there are, the less often they are
// read.
const peopleGapMs = 700;
const peopleGapMsEach = 10;
const peopleShownMax = 100;
const nameLengthMax = 40;

function nameOf(user) {
  const name = user?.properties?.name;
  if (typeof name === 'string' && name.trim()) return shorten(name.trim(), nameLengthMax);
  return `guest ${user?.suffix}`;
}

function isMe(user) {
  return user.suffix === client.profile?.suffix;
}

// The golden angle keeps neighbours apart, however many there are.
function hueOf(user) {
  return Math.round((user.suffix * 137.508) % 360);
}

function disc(user) {
  const initial = Array.from(nameOf(user))[0].toUpperCase();
  const node = element('span', {class: 'disc', 'aria-hidden': 'true'}, initial);
  node.style.setProperty('--hue', hueOf(user));
  return node;
}

// Oneself first, then by age.
function merged(sockets) {
  const people = new Map();
  for (const user of sockets) people.set(user.suffix, user);
  const rank = (user) => (isMe(user) ? 0 : user.suffix);
  return [...people.values()].sort((left, right) => rank(left) - rank(right));
}

// Calls back with the people whenever they were read: regularly, on every (re)connect, and when the
// returned function is called, because something happened.
function watchPeople(show) {
  let gapMs = peopleGapMs;
  const take = ({users}) => {
    gapMs = peopleGapMs + peopleGapMsEach * users.length;
    show(merged(users));
  };
  // A failed read keeps the last list: the status line already says when the server is away.
  const refresh = throttled(() => readJson('/users').then(take, () => {}), () => gapMs);
  client.on('profile', refresh);
  repeat(refresh, peopleEveryMs);
  return refresh;
}

// `describe` may add a line about a person.
function listPeople(list, people, describe = () => '') {
  const rows = people.slice(0, peopleShownMax).map((user) => {
    const person = element('span', {class: 'person'}, element('bdi', {}, nameOf(user)));
    const details = [isMe(user) ? 'you' : '', describe(user)].filter(Boolean).join(' · ');
    if (details) person.append(element('small', {}, details));
    return element('li', {}, disc(user), person);
  });
  const more = people.length - rows.length;
  if (more > 0) rows.push(element('li', {class: 'soft'}, `and ${more} more`));
  list.replaceChildren(...rows);
}
