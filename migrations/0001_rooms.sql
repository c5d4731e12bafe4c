-- The first schema. Tables begin with the owner's number in `objects`, so that what belongs together
-- lies together; the views further down put names and readable times in and are meant for people.
-- Times are milliseconds since 1970-01-01 UTC in tables and ISO 8601 text in views.

-- Every durable object that has ever stored something.
CREATE TABLE objects (
  id         INTEGER PRIMARY KEY,
  kind       TEXT    NOT NULL,            -- which code it runs, e.g. 'room'
  name       TEXT    NOT NULL,            -- what clients call it
  object_id  TEXT    NOT NULL,            -- SHA-256 of the name in lower-case hex
  created_ms INTEGER NOT NULL,
  UNIQUE (kind, name)
) STRICT;

-- What a room is besides its sessions, polls and counters.
CREATE TABLE room_states (
  object     INTEGER PRIMARY KEY REFERENCES objects (id) ON DELETE CASCADE,
  config     TEXT    NOT NULL,            -- set by admins, sent to everybody
  increment  INTEGER NOT NULL             -- connects ever; the last number given out as a suffix
) STRICT;

-- Who has been in a room. A session may have several sockets, or none at the moment.
CREATE TABLE room_sessions (
  object        INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  session       TEXT    NOT NULL,         -- the client's secret: whoever knows it is this session
  suffix        INTEGER NOT NULL,         -- the number that others see
  properties    TEXT    NOT NULL,         -- JSON object from login; keys with _ are private
  subscriptions TEXT,                     -- JSON {"event":{"id" or "all":true}}; NULL: never subscribed
  last_seen_ms  INTEGER NOT NULL,         -- the last connect
  PRIMARY KEY (object, session)
) STRICT, WITHOUT ROWID;

-- One row per poll and answer that has votes. Kept beside the votes so that a room wakes by reading
-- these few rows, however many have voted.
CREATE TABLE room_tallies (
  object INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  poll   TEXT    NOT NULL,
  answer TEXT    NOT NULL,
  votes  INTEGER NOT NULL CHECK (votes > 0),
  PRIMARY KEY (object, poll, answer)
) STRICT, WITHOUT ROWID;

-- Who voted what. A session has one vote in a poll; voting again moves it.
CREATE TABLE room_votes (
  object  INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  poll    TEXT    NOT NULL,
  session TEXT    NOT NULL,
  answer  TEXT    NOT NULL,
  PRIMARY KEY (object, poll, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE room_counters (
  object  INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  counter TEXT    NOT NULL,
  value   TEXT    NOT NULL,               -- an exact decimal, up to 34 digits
  PRIMARY KEY (object, counter)
) STRICT, WITHOUT ROWID;

-- Admin keys that have been used, so that no other session can use them again.
CREATE TABLE room_used_keys (
  object     INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  key_hash   TEXT    NOT NULL,            -- SHA-256 of the key, so that the file holds no key
  session    TEXT    NOT NULL,            -- the one session that may go on using it
  expires_ms INTEGER NOT NULL,            -- from then on its timestamp is too old anyway
  PRIMARY KEY (object, key_hash)
) STRICT, WITHOUT ROWID;

-- For people: SELECT * FROM rooms;
CREATE VIEW rooms AS
SELECT o.name,
       o.object_id,
       r.config,
       r.increment,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.created_ms / 1000.0, 'unixepoch') AS created
  FROM objects o JOIN room_states r ON r.object = o.id
 WHERE o.kind = 'room';

-- SELECT * FROM sessions WHERE room = 'default';
CREATE VIEW sessions AS
SELECT o.name AS room,
       s.session,
       s.suffix,
       s.properties,
       s.subscriptions,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.last_seen_ms / 1000.0, 'unixepoch') AS last_seen
  FROM room_sessions s JOIN objects o ON o.id = s.object;

-- SELECT answer, votes FROM poll_results WHERE room = 'default' AND poll = 'lunch';
CREATE VIEW poll_results AS
SELECT o.name AS room, t.poll, t.answer, t.votes
  FROM room_tallies t JOIN objects o ON o.id = t.object;

-- SELECT suffix, answer FROM votes WHERE room = 'default' AND poll = 'lunch';
-- The suffix is NULL where the session has been forgotten; its vote still counts.
CREATE VIEW votes AS
SELECT o.name AS room, v.poll, v.session, s.suffix, v.answer
  FROM room_votes v
  JOIN objects o ON o.id = v.object
  LEFT JOIN room_sessions s ON s.object = v.object AND s.session = v.session;

-- SELECT counter, value FROM counters WHERE room = 'default';
CREATE VIEW counters AS
SELECT o.name AS room, c.counter, c.value
  FROM room_counters c JOIN objects o ON o.id = c.object;
