# shellcheck shell=bash
# What the scripts beside this file share; sourced, never run. Progress goes to stderr, results to stdout.

set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # used where this is sourced
binary=$root/build/release/innkeeper

# Tests that look at the server's memory, or bound it (for ctest -E): a sanitizer's own is a multiple of it.
# shellcheck disable=SC2034  # used where this is sourced
memory_tests='bounded memory|takes no memory|the disk takes nothing|much address space'

say() { printf '==> %s\n' "$*" >&2; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# source_apt FOLDER ARGUMENT...: apt-get that knows the source packages of all places that the system takes packages from,
# by lists of its own in FOLDER: most systems do not list those, and stay as they are.
source_apt() {
  local folder=$1 each
  shift
  mkdir -p "$folder/parts" "$folder/lists/partial" "$folder/cache/archives/partial"
  for each in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    if [[ -f $each ]]; then sed -nE 's/^deb([[:space:]])/deb-src\1/p' "$each" >"$folder/parts/${each##*/}"; fi
  done
  for each in /etc/apt/sources.list.d/*.sources; do
    if [[ -f $each ]]; then sed -E 's/^Types:.*/Types: deb-src/' "$each" >"$folder/parts/${each##*/}"; fi
  done
  apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/parts" \
    -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User=root "$@"
}

# A compiler on these headers peaks near 2 GiB: more at once than memory holds would make the machine swap.
build_jobs() {
  local cores fitting
  cores=$(nproc)
  fitting=$(awk '/^MemAvailable:/ { print int($2 / (2 * 1024 * 1024)) }' /proc/meminfo)
  if ((fitting < 1)); then fitting=1; fi
  echo "${CMAKE_BUILD_PARALLEL_LEVEL:-$((fitting < cores ? fitting : cores))}"
}

# Ninja runs cmake again by itself when a CMakeLists.txt changes, but not when the presets do.
configure() {
  local preset=$1 folder=$root/build/$1
  if [[ -e $folder && ! -w $folder ]]; then
    fail "$folder belongs to another user (was it built with sudo?): give it to $(id -un), or remove it"
  fi
  if [[ $folder/build.ninja -nt $root/CMakePresets.json ]]; then return 0; fi
  say "Configuring the $preset build; compiling it for the first time takes some minutes"
  (cd "$root" && cmake --preset "$preset") >&2
}

# build PRESET [TARGET...]: all targets when none is named.
build() {
  local preset=$1 jobs
  shift
  jobs=$(build_jobs)
  configure "$preset"
  say "Building $preset with $jobs jobs"
  (cd "$root" && cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}) >&2
}

attribute() { sed -nE "s/^.*[[:space:]]$1=\"([0-9]+)\".*\$/\1/p;T;q" "$2"; }

# count_line PASSED FAILED SKIPPED: the line that scripts end with and that CI looks for.
count_line() {
  printf '%d passed, %d failed' "$1" "$2"
  if (($3 > 0)); then printf ', %d skipped' "$3"; fi
  printf '\n'
}

# From the head of ctest's JUnit report; without a report ctest itself broke, and that is one failure.
count_report() {
  local report=$1 all failed skipped
  if [[ ! -s $report ]]; then
    count_line 0 1 0
    return
  fi
  all=$(attribute tests "$report")
  failed=$(attribute failures "$report")
  skipped=$(($(attribute skipped "$report") + $(attribute disabled "$report")))
  count_line $((all - failed - skipped)) "$failed" "$skipped"
}

# run_tests PRESET [CTEST OPTION...]: ends with the count of ctest's tests.
run_tests() {
  local preset=$1 status=0
  local report=$root/build/$preset/tests.xml
  shift
  rm -f "$report"
  say "Testing $preset"
  (cd "$root" && ctest --preset "$preset" --output-on-failure --no-tests=error --timeout 300 \
    --output-junit "$report" "$@") || status=$?
  count_report "$report"
  return "$status"
}
