-- The file is its owner's: what somebody changes by hand stays sound, and a server that runs hears of it.
-- Triggers are for other programs alone: the server's own connections have them off.

-- ---- numbers are never used again

CREATE TABLE last_object (
  number INTEGER NOT NULL                 -- the largest number that an object has ever had
) STRICT;

INSERT INTO last_object
SELECT max(coalesce((SELECT max(id) FROM objects), 0),
           coalesce((SELECT max(object) FROM room_states), 0),
           coalesce((SELECT max(object) FROM room_sessions), 0),
           coalesce((SELECT max(object) FROM room_tallies), 0),
           coalesce((SELECT max(object) FROM room_votes), 0),
           coalesce((SELECT max(object) FROM room_counters), 0),
           coalesce((SELECT max(object) FROM room_used_keys), 0),
           coalesce((SELECT max(object) FROM object_values), 0));

-- Rows whose object was deleted by hand: a new object of the same number would have got them.
DELETE FROM room_states WHERE object NOT IN (SELECT id FROM objects);
DELETE FROM room_sessions WHERE object NOT IN (SELECT id FROM objects);
DELETE FROM room_tallies WHERE object NOT IN (SELECT id FROM objects);
DELETE FROM room_votes WHERE object NOT IN (SELECT id FROM objects);
DELETE FROM room_counters WHERE object NOT IN (SELECT id FROM objects);
DELETE FROM room_used_keys WHERE object NOT IN (SELECT id FROM objects);
DELETE FROM object_values WHERE object NOT IN (SELECT id FROM objects);

-- ---- what the server notes for itself

CREATE TABLE hand_edits (
  -- Edits by other programs that the server has not looked at yet.
  object INTEGER NOT NULL,                -- number of the object, which may be gone
  what   TEXT    NOT NULL,                -- 'object', 'config', 'session', 'poll', 'counter' or 'value'
  name   TEXT    NOT NULL,                -- of the session, poll, counter or value; else ''
  PRIMARY KEY (object, what, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE counting_votes (
  -- There is a row only while a trigger counts votes, so that it may change sums.
  now INTEGER PRIMARY KEY
) STRICT;

-- Whether the file and the log beside it ('-wal') belong together: random numbers, in two tables
-- because the file has to get the one page without the other.
CREATE TABLE announced_log (
  mark     INTEGER NOT NULL,              -- of the log that was about to begin when this was written
  schema   INTEGER NOT NULL               -- PRAGMA schema_version then, which copies made by SQLite change
) STRICT;

CREATE TABLE begun_log (
  mark     INTEGER NOT NULL,              -- of the log that this was written to
  previous INTEGER NOT NULL               -- of the one before, until the file announces this one
) STRICT;

INSERT INTO announced_log VALUES (0, 0);
INSERT INTO begun_log VALUES (0, 0);

CREATE TABLE server_clock (
  -- A clock that runs while a server runs, and never jumps.
  ms INTEGER NOT NULL                     -- as it was when this was written
) STRICT;

INSERT INTO server_clock VALUES (unixepoch() * 1000);

-- By that clock; 0 in rows of older versions: last_seen_ms counts there.
ALTER TABLE room_sessions ADD COLUMN seen_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room_states ADD COLUMN written_ms INTEGER NOT NULL DEFAULT 0;

-- ---- what `.schema` says of columns that were added later stands beside them

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = 'CREATE TABLE objects (
  id            INTEGER PRIMARY KEY,      -- never given to another object
  kind          TEXT    NOT NULL,         -- which code it runs, e.g. ''room''
  name          TEXT    NOT NULL,         -- what clients call it
  object_id     TEXT    NOT NULL,         -- SHA-256 of the name in lower-case hex
  created_ms    INTEGER NOT NULL,
  alarm_ms      INTEGER,                  -- when it wants to be woken; NULL: never
  alarm_attempt INTEGER NOT NULL DEFAULT 0, -- how often that has failed
  UNIQUE (kind, name)
) STRICT' WHERE type = 'table' AND name = 'objects';

UPDATE sqlite_schema SET sql = 'CREATE TABLE room_states (
  object     INTEGER PRIMARY KEY REFERENCES objects (id) ON DELETE CASCADE,
  config     TEXT    NOT NULL,            -- set by admins, sent to everybody
  increment  INTEGER NOT NULL,            -- connects ever; the last number given out as a suffix
  bytes      INTEGER NOT NULL DEFAULT 0,  -- names and values that the room stores
  sessions   INTEGER NOT NULL DEFAULT 0,  -- rows in room_sessions
  written_ms INTEGER NOT NULL DEFAULT 0   -- when this row was written last; 0: by an older version
) STRICT' WHERE type = 'table' AND name = 'room_states';

UPDATE sqlite_schema SET sql = 'CREATE TABLE room_sessions (
  object        INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  session       TEXT    NOT NULL,         -- the client''s secret: whoever knows it is this session
  suffix        INTEGER NOT NULL,         -- the number that others see
  properties    TEXT    NOT NULL,         -- JSON object from login; keys with _ are private
  subscriptions TEXT,                     -- JSON {"event":{"id" or "all":true}}; NULL: never subscribed
  last_seen_ms  INTEGER NOT NULL,         -- the last connect
  kept          INTEGER NOT NULL DEFAULT 0, -- 1: has voted or logged in
  seen_at_ms    INTEGER NOT NULL DEFAULT 0, -- the last connect, by server_clock; 0: see last_seen_ms
  PRIMARY KEY (object, session)
) STRICT, WITHOUT ROWID' WHERE type = 'table' AND name = 'room_sessions';

PRAGMA writable_schema = RESET;

-- ---- views

DROP VIEW rooms;
CREATE VIEW rooms AS
-- SELECT * FROM rooms;  -- config may be changed, rooms may be deleted
SELECT o.name,
       o.object_id,
       r.config,
       r.increment,
       r.sessions,                        -- that it knows, connected or not
       r.bytes,                           -- names and values that it stores
       strftime('%Y-%m-%dT%H:%M:%fZ', o.created_ms / 1000.0, 'unixepoch') AS created,
       CASE WHEN r.written_ms > 0         -- the last connect, or change of the config or of what it stores
            THEN strftime('%Y-%m-%dT%H:%M:%fZ', r.written_ms / 1000.0, 'unixepoch') END AS last_active,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.alarm_ms / 1000.0, 'unixepoch') AS alarm
  FROM objects o JOIN room_states r ON r.object = o.id
 WHERE o.kind = 'room';

DROP VIEW sessions;
CREATE VIEW sessions AS
-- SELECT * FROM sessions WHERE room = 'default';  -- may be deleted; their votes stay
SELECT o.name AS room,
       s.session,
       s.suffix,
       s.properties,
       s.subscriptions,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.last_seen_ms / 1000.0, 'unixepoch') AS last_seen
  FROM objects o JOIN room_sessions s ON s.object = o.id
 WHERE o.kind = 'room';

DROP VIEW poll_results;
CREATE VIEW polls AS
-- SELECT answer, votes FROM polls WHERE room = 'default' AND poll = 'lunch';  -- may be deleted, votes and all
SELECT o.name AS room, t.poll, t.answer, t.votes
  FROM objects o JOIN room_tallies t ON t.object = o.id
 WHERE o.kind = 'room';

CREATE VIEW poll_results AS            -- the older name of polls
SELECT room, poll, answer, votes FROM polls;

DROP VIEW votes;
CREATE VIEW votes AS
-- SELECT suffix, answer FROM votes WHERE room = 'default' AND poll = 'lunch';  -- may be deleted
-- The suffix is NULL where the session has been forgotten; its vote still counts.
SELECT o.name AS room, v.poll, v.session, s.suffix, v.answer
  FROM objects o
  JOIN room_votes v ON v.object = o.id
  LEFT JOIN room_sessions s ON s.object = v.object AND s.session = v.session
 WHERE o.kind = 'room';

DROP VIEW counters;
CREATE VIEW counters AS
-- SELECT counter, value FROM counters WHERE room = 'default' ORDER BY number;  -- value may be changed
SELECT o.name AS room,
       c.counter,
       c.value,                           -- exact, as text
       CAST(c.value AS NUMERIC) AS number -- to sort and to add up; rounded to 15 digits or so
  FROM objects o JOIN room_counters c ON c.object = o.id
 WHERE o.kind = 'room';

-- ---- edits of views

CREATE TRIGGER rooms_delete INSTEAD OF DELETE ON rooms BEGIN
  DELETE FROM objects WHERE kind = 'room' AND name = old.name;
END;

CREATE TRIGGER rooms_update INSTEAD OF UPDATE ON rooms BEGIN
  SELECT RAISE(ABORT, 'only the config of a room can be changed by hand')
   WHERE (new.name, new.object_id, new.increment, new.sessions, new.bytes)
     IS NOT (old.name, old.object_id, old.increment, old.sessions, old.bytes)
      OR (new.created, new.last_active, new.alarm) IS NOT (old.created, old.last_active, old.alarm);
  UPDATE room_states SET config = new.config
   WHERE object = (SELECT id FROM objects WHERE kind = 'room' AND name = old.name);
END;

CREATE TRIGGER sessions_delete INSTEAD OF DELETE ON sessions BEGIN
  DELETE FROM room_sessions
   WHERE object = (SELECT id FROM objects WHERE kind = 'room' AND name = old.room)
     AND session = old.session;
END;

CREATE TRIGGER polls_delete INSTEAD OF DELETE ON polls BEGIN
  DELETE FROM room_tallies
   WHERE object = (SELECT id FROM objects WHERE kind = 'room' AND name = old.room)
     AND poll = old.poll AND answer = old.answer;
END;

CREATE TRIGGER poll_results_delete INSTEAD OF DELETE ON poll_results BEGIN
  DELETE FROM polls WHERE room = old.room AND poll = old.poll AND answer = old.answer;
END;

CREATE TRIGGER votes_delete INSTEAD OF DELETE ON votes BEGIN
  DELETE FROM room_votes
   WHERE object = (SELECT id FROM objects WHERE kind = 'room' AND name = old.room)
     AND poll = old.poll AND session = old.session;
END;

CREATE TRIGGER counters_update INSTEAD OF UPDATE ON counters BEGIN
  SELECT RAISE(ABORT, 'only the value of a counter can be changed by hand')
   WHERE (new.room, new.counter) IS NOT (old.room, old.counter)
      OR (new.number IS NOT old.number AND new.value IS old.value);
  UPDATE room_counters SET value = new.value
   WHERE object = (SELECT id FROM objects WHERE kind = 'room' AND name = old.room)
     AND counter = old.counter;
END;

CREATE TRIGGER counters_delete INSTEAD OF DELETE ON counters BEGIN
  DELETE FROM room_counters
   WHERE object = (SELECT id FROM objects WHERE kind = 'room' AND name = old.room)
     AND counter = old.counter;
END;

-- ---- edits of tables: what belongs together stays together, and the server is told

CREATE TRIGGER objects_after_insert AFTER INSERT ON objects BEGIN
  UPDATE last_object SET number = max(number, new.id);
  INSERT INTO hand_edits VALUES (new.id, 'object', '') ON CONFLICT DO NOTHING;
END;

-- The shell has foreign keys off unless somebody turns them on. Votes go before their sums, which nobody needs to
-- count down.
CREATE TRIGGER objects_before_delete BEFORE DELETE ON objects BEGIN
  INSERT INTO counting_votes VALUES (1);
  DELETE FROM room_votes WHERE object = old.id;
  DELETE FROM room_tallies WHERE object = old.id;
  DELETE FROM counting_votes;
  DELETE FROM room_states WHERE object = old.id;
  DELETE FROM room_sessions WHERE object = old.id;
  DELETE FROM room_counters WHERE object = old.id;
  DELETE FROM room_used_keys WHERE object = old.id;
  DELETE FROM object_values WHERE object = old.id;
END;

CREATE TRIGGER objects_after_delete AFTER DELETE ON objects BEGIN
  DELETE FROM hand_edits WHERE object = old.id;
  INSERT INTO hand_edits VALUES (old.id, 'object', '');
END;

CREATE TRIGGER objects_before_update BEFORE UPDATE OF id ON objects WHEN new.id <> old.id BEGIN
  SELECT RAISE(ABORT, 'an object keeps its number');
END;

CREATE TRIGGER objects_after_update AFTER UPDATE ON objects BEGIN
  INSERT INTO hand_edits VALUES (new.id, 'object', '') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_states_before_update BEFORE UPDATE OF config ON room_states
WHEN length(CAST(new.config AS BLOB)) > 1000000 BEGIN
  SELECT RAISE(ABORT, 'a config has at most 1,000,000 bytes');
END;

CREATE TRIGGER room_states_after_insert AFTER INSERT ON room_states BEGIN
  INSERT INTO hand_edits VALUES (new.object, 'object', '') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_states_after_update AFTER UPDATE ON room_states
WHEN new.config IS NOT old.config OR new.increment <> old.increment OR new.object <> old.object BEGIN
  INSERT INTO hand_edits VALUES (new.object, 'config', '') ON CONFLICT DO NOTHING;
  INSERT INTO hand_edits SELECT old.object, 'object', '' WHERE new.object <> old.object
      ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_states_after_delete AFTER DELETE ON room_states BEGIN
  INSERT INTO hand_edits VALUES (old.object, 'object', '') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_sessions_before_insert BEFORE INSERT ON room_sessions BEGIN
  SELECT RAISE(ABORT, 'properties has to be a JSON object')
   WHERE NOT json_valid(new.properties) OR json_type(new.properties) <> 'object';
END;

CREATE TRIGGER room_sessions_before_update BEFORE UPDATE ON room_sessions BEGIN
  SELECT RAISE(ABORT, 'properties has to be a JSON object')
   WHERE NOT json_valid(new.properties) OR json_type(new.properties) <> 'object';
END;

CREATE TRIGGER room_sessions_after_insert AFTER INSERT ON room_sessions BEGIN
  UPDATE room_states SET sessions = sessions + 1 WHERE object = new.object;
  INSERT INTO hand_edits VALUES (new.object, 'session', new.session) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_sessions_after_update AFTER UPDATE ON room_sessions BEGIN
  UPDATE room_states SET sessions = sessions - 1 WHERE object = old.object AND new.object <> old.object;
  UPDATE room_states SET sessions = sessions + 1 WHERE object = new.object AND new.object <> old.object;
  INSERT INTO hand_edits VALUES (old.object, 'session', old.session) ON CONFLICT DO NOTHING;
  INSERT INTO hand_edits VALUES (new.object, 'session', new.session) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_sessions_after_delete AFTER DELETE ON room_sessions BEGIN
  UPDATE room_states SET sessions = sessions - 1 WHERE object = old.object;
  INSERT INTO hand_edits VALUES (old.object, 'session', old.session) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_votes_after_insert AFTER INSERT ON room_votes BEGIN
  INSERT INTO counting_votes VALUES (1);
  INSERT INTO room_tallies VALUES (new.object, new.poll, new.answer, 1)
      ON CONFLICT (object, poll, answer) DO UPDATE SET votes = votes + 1;
  DELETE FROM counting_votes;
  INSERT INTO hand_edits VALUES (new.object, 'poll', new.poll) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_votes_after_update AFTER UPDATE ON room_votes BEGIN
  INSERT INTO counting_votes VALUES (1);
  DELETE FROM room_tallies
   WHERE object = old.object AND poll = old.poll AND answer = old.answer AND votes = 1;
  UPDATE room_tallies SET votes = votes - 1
   WHERE object = old.object AND poll = old.poll AND answer = old.answer;
  INSERT INTO room_tallies VALUES (new.object, new.poll, new.answer, 1)
      ON CONFLICT (object, poll, answer) DO UPDATE SET votes = votes + 1;
  DELETE FROM counting_votes;
  INSERT INTO hand_edits VALUES (old.object, 'poll', old.poll) ON CONFLICT DO NOTHING;
  INSERT INTO hand_edits VALUES (new.object, 'poll', new.poll) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_votes_after_delete AFTER DELETE ON room_votes
WHEN NOT EXISTS (SELECT 1 FROM counting_votes) BEGIN
  INSERT INTO counting_votes VALUES (1);
  DELETE FROM room_tallies
   WHERE object = old.object AND poll = old.poll AND answer = old.answer AND votes = 1;
  UPDATE room_tallies SET votes = votes - 1
   WHERE object = old.object AND poll = old.poll AND answer = old.answer;
  DELETE FROM counting_votes;
  INSERT INTO hand_edits VALUES (old.object, 'poll', old.poll) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_tallies_before_insert BEFORE INSERT ON room_tallies
WHEN NOT EXISTS (SELECT 1 FROM counting_votes) BEGIN
  SELECT RAISE(ABORT, 'votes are counted from room_votes: change those');
END;

CREATE TRIGGER room_tallies_before_update BEFORE UPDATE ON room_tallies
WHEN NOT EXISTS (SELECT 1 FROM counting_votes) BEGIN
  SELECT RAISE(ABORT, 'votes are counted from room_votes: change those');
END;

-- An answer goes with its votes.
CREATE TRIGGER room_tallies_after_delete AFTER DELETE ON room_tallies
WHEN NOT EXISTS (SELECT 1 FROM counting_votes) BEGIN
  INSERT INTO counting_votes VALUES (1);
  DELETE FROM room_votes WHERE object = old.object AND poll = old.poll AND answer = old.answer;
  DELETE FROM counting_votes;
  INSERT INTO hand_edits VALUES (old.object, 'poll', old.poll) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_counters_before_insert BEFORE INSERT ON room_counters
WHEN ltrim(new.value, '-') NOT GLOB '[0-9]*' OR ltrim(new.value, '-') GLOB '*[^0-9.]*'
  OR new.value GLOB '*.*.*' OR new.value GLOB '*.' OR new.value GLOB '--*'
  OR length(replace(ltrim(new.value, '-'), '.', '')) > 34
  OR instr(ltrim(new.value, '-') || '.', '.') > 22
  OR length(CAST(new.value AS BLOB)) <> length(new.value) BEGIN
  SELECT RAISE(ABORT, 'a counter is a decimal number of at most 34 digits, 21 of them before the point, like 17.75');
END;

CREATE TRIGGER room_counters_before_update BEFORE UPDATE ON room_counters
WHEN ltrim(new.value, '-') NOT GLOB '[0-9]*' OR ltrim(new.value, '-') GLOB '*[^0-9.]*'
  OR new.value GLOB '*.*.*' OR new.value GLOB '*.' OR new.value GLOB '--*'
  OR length(replace(ltrim(new.value, '-'), '.', '')) > 34
  OR instr(ltrim(new.value, '-') || '.', '.') > 22
  OR length(CAST(new.value AS BLOB)) <> length(new.value) BEGIN
  SELECT RAISE(ABORT, 'a counter is a decimal number of at most 34 digits, 21 of them before the point, like 17.75');
END;

CREATE TRIGGER room_counters_after_insert AFTER INSERT ON room_counters BEGIN
  INSERT INTO hand_edits VALUES (new.object, 'counter', new.counter) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_counters_after_update AFTER UPDATE ON room_counters BEGIN
  INSERT INTO hand_edits VALUES (old.object, 'counter', old.counter) ON CONFLICT DO NOTHING;
  INSERT INTO hand_edits VALUES (new.object, 'counter', new.counter) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER room_counters_after_delete AFTER DELETE ON room_counters BEGIN
  INSERT INTO hand_edits VALUES (old.object, 'counter', old.counter) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER object_values_after_insert AFTER INSERT ON object_values BEGIN
  INSERT INTO hand_edits VALUES (new.object, 'value', new.key) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER object_values_after_update AFTER UPDATE ON object_values BEGIN
  INSERT INTO hand_edits VALUES (old.object, 'value', old.key) ON CONFLICT DO NOTHING;
  INSERT INTO hand_edits VALUES (new.object, 'value', new.key) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER object_values_after_delete AFTER DELETE ON object_values BEGIN
  INSERT INTO hand_edits VALUES (old.object, 'value', old.key) ON CONFLICT DO NOTHING;
END;
