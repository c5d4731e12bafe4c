#!/usr/bin/env bash
# Packages: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2 (Debian 12).
#
# Behaviour: the shell's .recover is there, is in .help, and cannot work: on a sound file it prints seven lines, then
# "sql error: SQL logic error (1)". The library that it links to is built without the table sqlite_dbpage.
#
# Why one would guess otherwise: the shell that SQLite's own site gives out has it, and a shell built without the table
# would leave the command out. Debian's shell was built with it and meets a library that was not. The message names
# neither.
#
# Why it matters: .recover is for the day when a server's file is damaged, and that day is a bad one to learn this. As
# it is mostly written, `sqlite3 old.db .recover | sqlite3 new.db`, it ends with 0 and leaves an empty new.db. Whoever
# wants to have it has to have another build of the shell: one with SQLITE_ENABLE_DBPAGE_VTAB.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download {sqlite3,libsqlite3-0}=3.40.1-2+deb12u2 libreadline8=8.2-1.3
for each in *.deb; do dpkg-deb -x "$each" packages; done
LD_LIBRARY_PATH=$(echo "$work"/packages/{usr/,}lib/*-linux-gnu | tr ' ' :)
export LD_LIBRARY_PATH
sqlite=packages/usr/bin/sqlite3

expect() {
  printf '%-58s %s\n' "$1" "$2"
  [[ $2 == "$3" ]] || { echo "this has changed: it was $3" >&2 && exit 1; }
}

expect 'SQLite' "$("$sqlite" -version | cut -d' ' -f1)" 3.40.1
"$sqlite" rooms.db "CREATE TABLE votes (a); INSERT INTO votes VALUES ('cake')"
expect 'the file' "$("$sqlite" rooms.db 'PRAGMA integrity_check')" ok
expect '.help recover' "$("$sqlite" :memory: '.help .recover' | head -n 1 | xargs)" \
  '.recover Recover as much data as possible from corrupt db.'
status=0
"$sqlite" rooms.db .recover >recovered.sql 2>words || status=$?
expect '.recover ends with' "$status" 1
expect '  says' "$(cat words)" 'sql error: SQL logic error (1)'
expect '  prints lines with the row' "$(grep -c cake recovered.sql || true)" 0
set +o pipefail
status=0
"$sqlite" rooms.db .recover 2>words | "$sqlite" new.db || status=$?
expect '.recover | sqlite3 new.db ends with' "$status" 0
expect '  tables in new.db' "$("$sqlite" new.db .tables)" ''
expect 'the table that it reads' "$("$sqlite" rooms.db 'SELECT * FROM sqlite_dbpage' 2>&1 | head -n 1)" \
  'Error: in prepare, no such table: sqlite_dbpage'
