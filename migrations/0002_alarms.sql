-- Alarms: when an object wants to be woken. Written in one transaction with the object's data, so that
-- neither is ever there without the other.

ALTER TABLE objects ADD COLUMN alarm_ms INTEGER;                        -- NULL: none
ALTER TABLE objects ADD COLUMN alarm_attempt INTEGER NOT NULL DEFAULT 0; -- how often it has failed

CREATE INDEX objects_by_alarm ON objects (alarm_ms) WHERE alarm_ms IS NOT NULL;

-- What any kind of object may keep without tables of its own.
CREATE TABLE object_values (
  object INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  key    TEXT    NOT NULL,
  value  TEXT    NOT NULL,
  PRIMARY KEY (object, key)
) STRICT, WITHOUT ROWID;

DROP VIEW rooms;
CREATE VIEW rooms AS
SELECT o.name,
       o.object_id,
       r.config,
       r.increment,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.created_ms / 1000.0, 'unixepoch') AS created,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.alarm_ms / 1000.0, 'unixepoch') AS alarm
  FROM objects o JOIN room_states r ON r.object = o.id
 WHERE o.kind = 'room';
