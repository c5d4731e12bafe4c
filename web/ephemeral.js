// The ephemeral poll: the mood of those who are present.

const moodPoll = 'mood';
const moods = ['Calm', 'Curious', 'Cheerful', 'Busy', 'Tired'];

let ownMood = null;
let peopleCount = 0;

function sayMood(mood) {
  if (!sendOrSay('ephemeralPoll', {id: moodPoll, answer: mood})) return false;
  ownMood = mood;
  tally.markOwn(mood);
  return true;
}

const tally = new Tally(byId('moods'), byId('mood-status'), sayMood);

function showSilent() {
  const silent = Math.max(0, peopleCount - tally.total);
  const everybody = 'Everybody has said how they are.';
  const text = silent === 0 ? everybody : `${silent} of them said nothing yet.`;
  setText(byId('silent'), peopleCount === 0 ? '' : text);
}

const refreshPeople = watchPeople((people) => {
  peopleCount = people.length;
  setText(byId('people-title'), plural(people.length, 'person here', 'people here'));
  listPeople(byId('people'), people);
  showSilent();
});

byId('mood-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const mood = byId('mood').value.trim();
  if (mood && sayMood(mood)) byId('mood').value = '';
});

client.onState((state) => {
  if (state !== 'open') return;
  // While the line was down every vote may have gone, and of a poll without votes nothing is told.
  tally.show({});
  // Whoever kept this page open did not leave: the line did.
  if (ownMood !== null) client.send('ephemeralPoll', {id: moodPoll, answer: ownMood});
});

client.on('ephemeralPoll', (data) => {
  if (data.id !== moodPoll) return;
  tally.show(data.stats);
  refreshPeople();
  showSilent();
});

tally.start(moods);
client.subscribe(`ephemeralPoll:${moodPoll}`);
