#!/usr/bin/env bash
# Packages: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2 (Debian 12).
#
# Behaviour: ALTER TABLE edits the text of CREATE TABLE, comments and all, and does not know what a comment belongs to.
# ADD COLUMN fails on a "--" comment before the statement's end ("incomplete input"); in a table with a constraint
# behind its columns the last column's comment becomes the new one's. DROP COLUMN of the last column takes along the
# comment of the one before.
#
# Why one would guess otherwise: a comment is white space everywhere else in SQL, and SQLite keeps comments inside
# CREATE TABLE so that .schema can show them. The same statement is fine with /* */, or with the comment behind the
# semicolon (where it is lost).
#
# Why it matters: the file of a server is read by its owner, and .schema is what explains it. Its migrations then make
# it say wrong things about columns, and nothing fails. Or one fails, by a comment that was put beside a column.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download {sqlite3,libsqlite3-0}=3.40.1-2+deb12u2 libreadline8=8.2-1.3
for each in *.deb; do dpkg-deb -x "$each" packages; done
LD_LIBRARY_PATH=$(echo "$work"/packages/{usr/,}lib/*-linux-gnu | tr ' ' :)
export LD_LIBRARY_PATH
sqlite=packages/usr/bin/sqlite3

# expect WHAT SEEN WANTED: these are lines.
expect() {
  printf '%s\n' "$1" "$2" '' | sed '2,$s/^\(.\)/    \1/'
  [[ $2 == "$3" ]] || { printf 'this has changed: it was\n%s\n' "$3" >&2 && exit 1; }
}

# after STATEMENT TABLE: what .schema says when the table is made and the statement is done.
after() { "$sqlite" :memory: "$2" "$1" .schema 2>&1 || true; }

plain='CREATE TABLE sessions (
  suffix INT, -- counts from 1
  seen INT    -- milliseconds
);'
constrained='CREATE TABLE sessions (
  suffix INT, -- counts from 1
  seen INT,   -- milliseconds
  PRIMARY KEY (suffix) -- the number in a name
);'

expect 'SQLite' "$("$sqlite" -version | cut -d' ' -f1)" 3.40.1
expect 'ADD COLUMN with a comment before the semicolon' \
  "$(after $'ALTER TABLE sessions ADD COLUMN\n  role TEXT -- user or admin\n;' "$plain")" \
  'Error: stepping, error in table sessions after add column: incomplete input'
expect 'the same with a comment that has an end' \
  "$(after 'ALTER TABLE sessions ADD COLUMN role TEXT /* user or admin */;' "$plain")" \
  'CREATE TABLE sessions (
  suffix INT, -- counts from 1
  seen INT    -- milliseconds
, role TEXT /* user or admin */);'
expect 'ADD COLUMN before a constraint: "milliseconds" is beside the wrong column' \
  "$(after 'ALTER TABLE sessions ADD COLUMN role TEXT' "$constrained")" \
  'CREATE TABLE sessions (
  suffix INT, -- counts from 1
  seen INT, role TEXT,   -- milliseconds
  PRIMARY KEY (suffix) -- the number in a name
);'
expect 'DROP COLUMN of the last one: "counts from 1" is gone too' \
  "$(after 'ALTER TABLE sessions DROP COLUMN seen' "$plain")" \
  'CREATE TABLE sessions (
  suffix INT);'
