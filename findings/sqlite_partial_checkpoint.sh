#!/usr/bin/env bash
# Packages: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2, strace 6.1-0.1 (Debian 12).
#
# Behaviour: a checkpoint that a reader holds up says that it has moved so many frames of the log into the database
# ("0|4|2": 2 of 4), but a page of which the log holds a newer frame, behind those, is not moved at all: the file keeps
# the page as it was before the log. And what is moved is not synced: the database file is synced only by a checkpoint
# that moves the whole log.
#
# Why one would guess otherwise: "2 of 4 frames are backfilled" sounds like the file as it was after the second frame,
# on disk. It is a mixture that nobody may read without the log, and after a power cut it may not even be that.
#
# Why it matters: a copy of the file without its -wal, taken after such a checkpoint, is no state that the database was
# ever in. Tools that take a finished partial checkpoint for a durable point in time are wrong.
set -euo pipefail

work=$(mktemp -d)
trap 'exec 9>&- 8<&-; rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download {sqlite3,libsqlite3-0}=3.40.1-2+deb12u2 libreadline8=8.2-1.3 \
  strace=6.1-0.1 libunwind8=1.6.2-3
for each in *.deb; do dpkg-deb -x "$each" packages; done
LD_LIBRARY_PATH=$(echo "$work"/packages/{usr/,}lib/*-linux-gnu | tr ' ' :)
export LD_LIBRARY_PATH
sqlite() { packages/usr/bin/sqlite3 -batch "$@"; }

expect() {
  printf '%-62s %s\n' "$1" "$2"
  [[ $2 == "$3" ]] || { echo "this has changed: it was $3" >&2 && exit 1; }
}

expect 'SQLite' "$(sqlite -version | cut -d' ' -f1)" 3.40.1
sqlite rooms.db 'PRAGMA journal_mode = WAL' 'CREATE TABLE often (n)' 'CREATE TABLE once (n)' \
  'INSERT INTO often VALUES (0)' 'INSERT INTO once VALUES (0)' >/dev/null

# A reader that stays, so that the last connection never closes, and that takes its snapshot when told.
mkfifo commands answers
sqlite rooms.db <commands >answers &
exec 9>commands 8<answers
ask() { echo "$1" >&9 && read -r answer <&8; }

ask 'SELECT n FROM often;'
sqlite rooms.db 'BEGIN; UPDATE often SET n = 1; UPDATE once SET n = 1; COMMIT'
echo 'BEGIN;' >&9
ask 'SELECT n FROM often;'
expect 'the reader has its snapshot after the first commit' "$answer" 1
sqlite rooms.db 'UPDATE often SET n = 2'
checkpoint=$(packages/usr/bin/strace -f -y -o calls -e trace=fdatasync,fsync \
  packages/usr/bin/sqlite3 -batch rooms.db 'PRAGMA wal_checkpoint')
expect 'a checkpoint: busy|frames in the log|frames moved' "$checkpoint" '0|3|2'
alone() { sqlite 'file:rooms.db?immutable=1' "SELECT n FROM $1"; }
expect 'the file alone: the table that was written once' "$(alone once)" 1
expect 'the file alone: the table that was written again later' "$(alone often)" 0
expect 'syncs of the database file in that checkpoint' "$(grep -c 'rooms.db>' calls || true)" 0
ask 'COMMIT; SELECT 1;'
packages/usr/bin/strace -f -y -o calls -e trace=fdatasync,fsync \
  packages/usr/bin/sqlite3 -batch rooms.db 'PRAGMA wal_checkpoint' >/dev/null
expect 'syncs of the database file once the reader has gone' "$(grep -c 'rooms.db>' calls || true)" 1
expect 'the file alone: the table that was written again later' "$(alone often)" 2
