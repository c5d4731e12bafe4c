// The chat: a name, what is said, and who is here.

const messagesMax = 300;
// Remarks of one person within this time stand under one name.
const followMsMax = 90_000;
// So close to its end, the log follows new messages; further up, someone is reading.
const nearEndPx = 60;

const clock = new Intl.DateTimeFormat(undefined, {timeStyle: 'medium'});
let latest = null;

function textOf(message) {
  return typeof message === 'string' ? message : JSON.stringify(message) ?? '';
}

function follows(user, name, nowMs) {
  const sameAuthor = latest?.suffix === user.suffix && latest.name === name;
  return sameAuthor && nowMs - latest.atMs < followMsMax;
}

function messageItem(user, message) {
  const now = new Date();
  const name = nameOf(user);
  const time = element('time', {datetime: now.toISOString()}, clock.format(now));
  const who = element('b', {}, element('bdi', {}, name), isMe(user) ? ' (you)' : '');
  const head = element('p', {class: 'message-head'}, who, ' ', time);
  const attributes = {class: 'message-text', dir: 'auto', title: clock.format(now)};
  const text = element('p', attributes, textOf(message));
  const item = element('li', {class: 'message'}, disc(user), head, text);
  item.classList.toggle('own', isMe(user));
  item.classList.toggle('follows', follows(user, name, now.getTime()));
  latest = {suffix: user.suffix, name, atMs: now.getTime()};
  return item;
}

function scrollToEnd() {
  byId('log').scrollTop = byId('log').scrollHeight;
  byId('to-end').hidden = true;
}

function isNearEnd() {
  const log = byId('log');
  return log.scrollHeight - log.scrollTop - log.clientHeight < nearEndPx;
}

function showMessage({message, user}) {
  const follow = isNearEnd() || isMe(user);
  const messages = byId('messages');
  byId('log-empty').hidden = true;
  messages.append(messageItem(user, message));
  while (messages.children.length > messagesMax) messages.firstElementChild.remove();
  if (follow) scrollToEnd();
  else byId('to-end').hidden = false;
}

function showPeople(people) {
  setText(byId('people-title'), plural(people.length, 'person here', 'people here'));
  listPeople(byId('people'), people);
}

function showName(profile) {
  const field = byId('name');
  field.placeholder = `guest ${profile.suffix}`;
  // Whoever is typing a name does not want it taken out of their hands by a reconnect.
  const {name} = profile.properties;
  if (document.activeElement !== field) field.value = typeof name === 'string' ? name : '';
}

async function saveName() {
  const name = byId('name').value.trim();
  await client.changeProperties({name});
  setText(byId('name-note'), name ? `You are ${name} now.` : 'You are a guest without a name now.');
}

byId('talk-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const remark = byId('remark');
  // Unsent words stay in the field.
  if (remark.value.trim() && sendOrSay('chat', remark.value)) remark.value = '';
});

byId('name-form').addEventListener('submit', (event) => {
  event.preventDefault();
  saveName();
});

byId('to-end').addEventListener('click', scrollToEnd);
byId('log').addEventListener('scroll', () => isNearEnd() && scrollToEnd());

const refreshPeople = watchPeople(showPeople);
client.on('profile', showName);
client.on('chat', (data) => {
  showMessage(data);
  refreshPeople();
});
client.subscribe('chat');
