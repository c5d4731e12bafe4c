-- What a room takes up, kept beside its state so that its limits are checked without counting rows; and
-- which sessions may be forgotten when there are too many.

ALTER TABLE room_states ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;    -- names and values it stores
ALTER TABLE room_states ADD COLUMN sessions INTEGER NOT NULL DEFAULT 0; -- rows in room_sessions

ALTER TABLE room_sessions ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;   -- 1: has voted or logged in

UPDATE room_sessions SET kept = 1
 WHERE properties <> '{}' OR (object, session) IN (SELECT object, session FROM room_votes);

-- A counter counts as its name and the 36 characters of the longest value.
UPDATE room_states SET
  sessions = (SELECT count(*) FROM room_sessions s WHERE s.object = room_states.object),
  bytes = length(CAST(config AS BLOB))
    + (SELECT coalesce(sum(length(CAST(session AS BLOB)) + length(CAST(properties AS BLOB))
                           + length(CAST(coalesce(subscriptions, '') AS BLOB))), 0)
         FROM room_sessions s WHERE s.object = room_states.object)
    + (SELECT coalesce(sum(length(CAST(poll AS BLOB)) + length(CAST(answer AS BLOB))), 0)
         FROM room_tallies t WHERE t.object = room_states.object)
    + (SELECT coalesce(sum(length(CAST(poll AS BLOB)) + length(CAST(session AS BLOB))
                           + length(CAST(answer AS BLOB))), 0)
         FROM room_votes v WHERE v.object = room_states.object)
    + (SELECT coalesce(sum(length(CAST(counter AS BLOB)) + 36), 0)
         FROM room_counters c WHERE c.object = room_states.object);

CREATE INDEX room_sessions_by_age ON room_sessions (object, last_seen_ms, session) WHERE kept = 0;

-- Sessions that nothing would be missed of, in the order of their age.
CREATE VIEW room_forgettable AS
SELECT object, last_seen_ms, session FROM room_sessions WHERE kept = 0;
