// The live map: a visitor's place is two public properties of the session, and a counter tells the
// room that someone moved. Whoever hears it reads the people anew.

const movesCounter = 'livemap-moves';
const locateMsMax = 15_000;

// Null means "not on the map" and is kept, or the next visit would start from the address's place
// again.
const nowhere = {lat: null, lon: null};
let startOffered = false;

function isPlace({lat, lon}) {
  const within = (degrees, limit) => Number.isFinite(degrees) && Math.abs(degrees) <= limit;
  return within(lat, 90) && within(lon, 180);
}

function rounded(degrees) {
  return Math.round(degrees * 10) / 10;
}

function placeText({lat, lon}) {
  const degrees = (value) => `${Math.abs(value).toFixed(1)}°`;
  return `${degrees(lat)} ${lat < 0 ? 'S' : 'N'}, ${degrees(lon)} ${lon < 0 ? 'W' : 'E'}`;
}

async function moveTo(place) {
  if (!client.isOpen) return toast('Not connected just now. You are not moved.');
  await client.changeProperties(place);
  client.send('counter', {id: movesCounter, value: 1});
}

function stand({lat, lon}) {
  return moveTo({lat: rounded(lat), lon: rounded(lon)});
}

const map = new WorldMap(byId('map'), stand);

function dotOf(user) {
  const {lat, lon} = user.properties;
  const title = isMe(user) ? `${nameOf(user)} (you)` : nameOf(user);
  return {key: user.suffix, lat, lon, title, hue: hueOf(user), own: isMe(user)};
}

function describePlace({properties}) {
  return isPlace(properties) ? placeText(properties) : 'not on the map';
}

const refreshPeople = watchPeople((people) => {
  const placed = people.filter((user) => isPlace(user.properties));
  map.show(placed.map(dotOf));
  const here = plural(people.length, 'person here', 'people here');
  setText(byId('people-title'), `${here}, ${placed.length} on the map`);
  listPeople(byId('people'), people, describePlace);
});

// Where the address seems to be, for someone who never chose a place. Offered once: after that it
// is the visitor's.
function offerStart({properties, connectionDetails}) {
  if (startOffered || 'lat' in properties) return;
  startOffered = true;
  const {latitude, longitude} = connectionDetails;
  const start = {lat: Number.parseFloat(latitude), lon: Number.parseFloat(longitude)};
  if (isPlace(start)) stand(start);
}

function showOwnPlace({properties}) {
  const placed = isPlace(properties);
  byId('leave').hidden = !placed;
  for (const axis of ['lat', 'lon']) {
    const field = byId(axis);
    if (document.activeElement !== field) field.value = placed ? properties[axis] : '';
  }
}

function locate() {
  const take = ({coords}) => stand({lat: coords.latitude, lon: coords.longitude});
  const refuse = () => toast('Your location could not be found. Click the map instead.');
  navigator.geolocation.getCurrentPosition(take, refuse, {timeout: locateMsMax});
}

byId('place-form').addEventListener('submit', (event) => {
  event.preventDefault();
  stand({lat: byId('lat').valueAsNumber, lon: byId('lon').valueAsNumber});
});

byId('leave').addEventListener('click', () => moveTo(nowhere));
byId('locate').addEventListener('click', locate);
// Browsers tell a place only to pages that came over TLS or from this very machine.
byId('locate').hidden = !isSecureContext || !navigator.geolocation;

client.on('profile', (profile) => {
  showOwnPlace(profile);
  offerStart(profile);
});
client.on('counter', (data) => data.id === movesCounter && refreshPeople());
client.subscribe(`counter:${movesCounter}`);
