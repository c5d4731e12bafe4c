#!/usr/bin/env bash
# Packages: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2 (Debian 12).
#
# Behaviour: the shell's .backup begins anew after each commit of another process. It copies 100 pages at a time and
# lets go of the file in between. A file of 80 MB takes 0.2 s when nobody writes; one that gets a row every 20 ms is
# never copied to its end.
#
# Why one would guess otherwise: .backup is the online backup, and in WAL mode readers and writers do not wait for each
# other. The restart is in the documentation of sqlite3_backup_step(), not in that of the shell, and nothing is
# printed.
#
# Why it matters: a nightly .backup works for a year. Then the file has grown, or the server writes at night, and the
# backup runs for ever and keeps a core and the disk busy. VACUUM INTO does not restart, nor does .backup behind a read
# transaction of the same shell: BEGIN; SELECT ...; .backup.
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

# Whether a command is over in 10 s, which is fifty times what it takes on a quiet file.
over() {
  local status=0
  timeout 10 "$@" >/dev/null || status=$?
  case $status in
    0) echo yes ;;
    124) echo no ;;
    *) echo "failed ($status)" ;;
  esac
}

# A row every 20 ms, until the file `going` is no more.
write() {
  while [[ -e going ]]; do
    echo "UPDATE t SET a = 'y' WHERE id = $((RANDOM % 20000 + 1));"
    sleep 0.02
  done | "$sqlite" -cmd '.timeout 5000' rooms.db
}

expect 'SQLite' "$("$sqlite" -version | cut -d' ' -f1)" 3.40.1
"$sqlite" rooms.db >/dev/null <<'TEXT'
PRAGMA journal_mode = WAL;
CREATE TABLE t (id INTEGER PRIMARY KEY, a);
INSERT INTO t SELECT value, zeroblob(4000) FROM generate_series(1, 20000);
PRAGMA wal_checkpoint(TRUNCATE);
TEXT
expect 'pages in the file' "$("$sqlite" rooms.db 'PRAGMA page_count')" 20048
expect 'over in 10 s, nobody writes: .backup' "$(over "$sqlite" rooms.db '.backup quiet.db')" yes
touch going
write &
sleep 0.5
expect 'over in 10 s, somebody writes: .backup' "$(over "$sqlite" rooms.db '.backup busy.db')" no
expect '  VACUUM INTO' "$(over "$sqlite" rooms.db "VACUUM INTO 'vacuum.db'")" yes
expect '  BEGIN, SELECT, .backup' "$(over "$sqlite" rooms.db BEGIN 'SELECT * FROM sqlite_schema' '.backup held.db')" yes
rm going
wait
expect "rows in the last copy" "$("$sqlite" held.db 'SELECT count(*) FROM t')" 20000
