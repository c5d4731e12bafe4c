#!/usr/bin/env bash
# Package: libsqlite3-0 3.40.1-2+deb12u2 (Debian 12).
#
# Behaviour: sqlite3_open() takes a plain name that begins with "file:" as a URI, though nobody has set
# SQLITE_OPEN_URI. "file:rooms.db" is rooms.db, and "file:rooms.db?mode=memory" is no file at all.
#
# Why one would guess otherwise: SQLite's documentation calls URI names off unless a program asks for them. Debian
# builds the library with SQLITE_USE_URI, so that all programs that link to it have asked.
#
# Why it matters: a server that locks its file, checks its rights or watches it does so by another name than SQLite
# opens. Two servers on "rooms.db" and on "file:rooms.db" write to the same file, each with a lock of its own. With
# "?mode=memory" in a setting the server works, and keeps nothing. An absolute path, or "./" before the name, is safe.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download libsqlite3-0=3.40.1-2+deb12u2 libsqlite3-dev=3.40.1-2+deb12u2
for each in *.deb; do dpkg-deb -x "$each" packages; done
libraries=$(echo "$work"/packages/usr/lib/*-linux-gnu)

expect() {
  printf '%-58s %s\n' "$1" "$2"
  [[ $2 == "$3" ]] || { echo "this has changed: it was $3" >&2 && exit 1; }
}

cat >store.c <<'TEXT'
#include <sqlite3.h>
#include <stdio.h>

/* Opens the name as most programs do, and puts a row into it. */
int main(int count, char **words) {
  sqlite3 *file;
  if (count != 2) return puts(sqlite3_libversion()) < 0;
  if (sqlite3_open(words[1], &file) != SQLITE_OK) return 1;
  if (sqlite3_exec(file, "CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES (1)", 0, 0, 0)) return 1;
  return sqlite3_close(file);
}
TEXT
cc -I packages/usr/include store.c "$libraries/libsqlite3.so.0" -o store
export LD_LIBRARY_PATH=$libraries
files() { find data -type f -printf '%f\n' | sort | xargs; }

expect 'SQLite' "$(./store)" 3.40.1
mkdir data && cd data
../store 'file:rooms.db'
cd ..
expect 'files after opening "file:rooms.db"' "$(files)" rooms.db
rm data/*
(cd data && ../store 'file:rooms.db?mode=memory')
expect 'files after opening "file:rooms.db?mode=memory"' "$(files)" ''
(cd data && ../store './file:rooms.db')
expect 'files after opening "./file:rooms.db"' "$(files)" file:rooms.db
