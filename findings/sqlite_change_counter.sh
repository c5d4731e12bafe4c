#!/usr/bin/env bash
# Packages: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2 (Debian 12).
#
# Behaviour: in WAL mode the change counter in the file's header (offset 24) stays as it is while one connection
# writes, also when a commit changes the header itself: new pages, new tables. It is raised by one when another
# connection has written in between. A checkpoint after each commit changes nothing about that.
#
# Why one would guess otherwise: the documentation says that the counter "might not be incremented on each
# transaction", which sounds like one that skips some. In a server with one writer it moves once at most, until the
# server stops.
#
# Why it matters: scripts that back up or replicate a file look at the counter to see whether there is anything new.
# Here it says "nothing new" after any number of commits. Nor does it tell whether a -wal file belongs to a database
# file.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download {sqlite3,libsqlite3-0}=3.40.1-2+deb12u2 libreadline8=8.2-1.3
for each in *.deb; do dpkg-deb -x "$each" packages; done
LD_LIBRARY_PATH=$(echo "$work"/packages/{usr/,}lib/*-linux-gnu | tr ' ' :)
export LD_LIBRARY_PATH
sqlite() { packages/usr/bin/sqlite3 -batch "$@"; }

expect() {
  printf '%-58s %s\n' "$1" "$2"
  [[ $2 == "$3" ]] || { echo "this has changed: it was $3" >&2 && exit 1; }
}

# The counter as it is in the file, after a checkpoint that moves everything there.
look='PRAGMA wal_checkpoint(TRUNCATE);
.shell od -An -tu4 --endian=big -j24 -N4 rooms.db'
counters() { sqlite rooms.db | sed -n 's/^ *\([0-9]*\)$/\1/p' | xargs; }

expect 'SQLite' "$(sqlite -version | cut -d' ' -f1)" 3.40.1
sqlite rooms.db 'PRAGMA journal_mode = WAL' 'CREATE TABLE t (a)' >/dev/null
expect 'by one connection: at first, then after three inserts' "$(counters <<TEXT
$look
INSERT INTO t VALUES (1);
$look
INSERT INTO t VALUES (2);
$look
INSERT INTO t VALUES (3);
$look
TEXT
)" '2 2 2 2'
expect 'pages in the file' "$(sqlite rooms.db 'PRAGMA page_count')" 2
expect 'then after 100 new pages, a new table, a deletion' "$(counters <<TEXT
INSERT INTO t VALUES (zeroblob(400000));
$look
CREATE TABLE u (a);
$look
DELETE FROM t;
$look
TEXT
)" '3 3 3'
expect 'pages in the file' "$(sqlite rooms.db 'PRAGMA page_count')" 100
for each in 1 2 3; do sqlite rooms.db "INSERT INTO t VALUES (zeroblob(${each}000000))"; done
expect 'by three more connections, one after the other' "$(counters <<<"$look")" 6
