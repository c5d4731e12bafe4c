// The durable poll, and two counters that the room shares.

const defaultPoll = 'lunch';
const lunchAnswers = ['Soup', 'Pasta', 'Curry', 'Salad'];

let pollId = new URLSearchParams(location.search).get('poll') || defaultPoll;

function voteFor(answer) {
  if (!sendOrSay('poll', {id: pollId, answer})) return false;
  localStorage.setItem(ownVoteKey(), answer);
  tally.markOwn(answer);
  return true;
}

const tally = new Tally(byId('answers'), byId('poll-status'), voteFor);

// The suffix names the session within the room, and unlike the session's id it is no secret.
function ownVoteKey() {
  return `innkeeper vote ${JSON.stringify([room, client.profile?.suffix, pollId])}`;
}

function markRememberedVote() {
  tally.markOwn(localStorage.getItem(ownVoteKey()));
}

function showPoll() {
  byId('poll').value = pollId;
  setText(byId('question'), pollId);
  tally.start(pollId === defaultPoll ? lunchAnswers : []);
  markRememberedVote();
  client.subscribe(`poll:${pollId}`);
}

// The address names the poll, so that it can be sent to someone.
function enterPoll(id) {
  client.forget(`poll:${pollId}`);
  pollId = id;
  history.replaceState(null, '', `${inRoom('/poll')}&poll=${encodeURIComponent(id)}`);
  showPoll();
}

function shareCounter(id, output, changes) {
  client.on('counter', (data) => {
    if (data.id === id) setText(output, String(data.value));
  });
  client.subscribe(`counter:${id}`);
  for (const [button, value] of changes) {
    button.addEventListener('click', () => sendOrSay('counter', {id, value}));
  }
}

byId('poll-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const id = byId('poll').value.trim();
  if (id) enterPoll(id);
});

byId('answer-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const answer = byId('answer').value.trim();
  if (answer && voteFor(answer)) byId('answer').value = '';
});

client.on('profile', markRememberedVote);
client.on('poll', (data) => {
  // A session may be subscribed to other polls as well, and an id sent as a number means its text.
  if (String(data.id) === pollId) tally.show(data.stats);
});

showPoll();
shareCounter('applause', byId('applause'), [[byId('applaud'), 1]]);
shareCounter('tip-jar', byId('tips'), [[byId('tip-more'), 0.1], [byId('tip-less'), -0.1]]);
