#!/usr/bin/env bash
# Packages: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2 (Debian 12).
#
# Behaviour: in WAL mode the last connection that closes moves the log into the database and removes it, but not if it
# was opened read-only. Then everything stays in the -wal, also what the server wrote that was stopped in good order.
#
# Why one would guess otherwise: the documentation says that the last connection to close does this. The server does
# not when a reader is still there, and the reader, when it goes, does not either.
#
# Why it matters: `sqlite3 -readonly` is what a careful owner opens a live file with. If that shell is open while the
# server stops, the database file that is left may hold nothing yet. Whoever then copies that one file, since the
# server is down, copies an empty database. After a stop, look for a -wal, or open and close the file once for writing.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download {sqlite3,libsqlite3-0}=3.40.1-2+deb12u2 libreadline8=8.2-1.3
for each in *.deb; do dpkg-deb -x "$each" packages; done
LD_LIBRARY_PATH=$(echo "$work"/packages/{usr/,}lib/*-linux-gnu | tr ' ' :)
export LD_LIBRARY_PATH
sqlite=$work/packages/usr/bin/sqlite3

expect() {
  printf '%-58s %s\n' "$1" "$2"
  [[ $2 == "$3" ]] || { echo "this has changed: it was $3" >&2 && exit 1; }
}

# wait_for WORD FILE: until the shell has said it; 10 s at most.
wait_for() {
  local tries=200
  until grep -qs "$1" "$2"; do
    ((tries-- > 0)) || return 1
    sleep 0.05
  done
}

# stop_before OPTION...: the server writes, an owner opens the file with the options and reads, the server stops, and
# the owner leaves. Both are shells that are fed by a pipe: 3 is the server, 4 the owner.
stop_before() {
  local server owner
  rm -rf data pipe-* said-*
  mkdir data
  mkfifo pipe-server pipe-owner
  "$sqlite" -batch data/rooms.db <pipe-server >said-server &
  server=$!
  exec 3>pipe-server
  echo "PRAGMA journal_mode = WAL; CREATE TABLE votes (a); INSERT INTO votes VALUES ('cake'); SELECT 'written';" >&3
  wait_for written said-server
  "$sqlite" -batch "$@" data/rooms.db <pipe-owner >said-owner 3>&- &
  owner=$!
  exec 4>pipe-owner
  echo 'SELECT a FROM votes;' >&4
  wait_for cake said-owner
  exec 3>&-
  wait "$server"
  exec 4>&-
  wait "$owner"
}

files() { find data -type f -printf '%f\n' | sort | xargs; }

# What a copy of the database file alone holds.
copied() {
  cp data/rooms.db copy.db
  "$sqlite" copy.db .tables 2>&1
}

expect 'SQLite' "$("$sqlite" -version | cut -d' ' -f1)" 3.40.1
stop_before
expect 'files, after an owner who may write' "$(files)" rooms.db
expect '  tables in a copy of rooms.db' "$(copied)" votes
stop_before -readonly
expect 'files, after an owner with -readonly' "$(files)" 'rooms.db rooms.db-shm rooms.db-wal'
expect '  tables in a copy of rooms.db' "$(copied)" ''
"$sqlite" data/rooms.db 'SELECT * FROM votes' >/dev/null
expect 'files, after one more who may write' "$(files)" rooms.db
expect '  tables in a copy of rooms.db' "$(copied)" votes
