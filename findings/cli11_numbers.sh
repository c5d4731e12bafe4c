#!/usr/bin/env bash
# Package: libcli11-dev 2.1.2+ds-1 (Debian 12), header only; needs g++.
#
# Behaviour: an option of type int or size_t takes "010" as 8, "-1" as 18446744073709551615 when it is unsigned and has
# 64 bits, and an empty word as 0, all without an error. A variable of the environment that is set and empty counts as
# not set instead, so the default stays.
#
# Why one would guess otherwise: CLI11 is known for checking types, and it does refuse 08, 1_000, 5.0 and 65537 for an
# uint16_t. An option of type double takes "010" as 10. And a variable of the environment and an option are said to be
# two ways to give the same value.
#
# Why it matters: settings of a server come from unit files and containers, where --port "$PORT" with an unset PORT is
# an empty word: the server listens on a port of the kernel's choice, while PORT= alone leaves it on its own. --limit
# -1, which some programs take for "none", lifts the limit. Numbers from templates come padded by zeros. CLI::Range
# refuses the empty word alone; a check of one's own, by add_option()->check(), is given the text and can refuse all
# three.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download libcli11-dev=2.1.2+ds-1
dpkg-deb -x ./*.deb packages

expect() {
  printf '%-58s %s\n' "$1" "$2"
  [[ $2 == "$3" ]] || { echo "this has changed: it was $3" >&2 && exit 1; }
}

cat >options.cpp <<'TEXT'
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>

int main(int count, char** words) {
  CLI::App app;
  int port = 8080;
  std::uint16_t short_port = 8080;
  std::uint64_t limit = 100;
  double seconds = 1.5;
  app.add_option("--port", port)->envname("PORT");
  app.add_option("--short-port", short_port);
  app.add_option("--limit", limit);
  app.add_option("--seconds", seconds);
  try {
    app.parse(count, words);
  } catch (CLI::ParseError const&) {
    std::cout << "refused\n";
    return 0;
  }
  std::cout << port << ' ' << short_port << ' ' << limit << ' ' << seconds << '\n';
}
TEXT
g++ -std=c++17 -I packages/usr/include options.cpp -o options

expect 'CLI11' "$(sed -n 's/^#define CLI11_VERSION "\(.*\)"/\1/p' packages/usr/include/CLI/Version.hpp)" 2.1.2
expect 'int port, uint16_t short port, uint64_t limit, double' "$(./options)" '8080 8080 100 1.5'
expect '--port 08' "$(./options --port 08)" 'refused'
expect '--port 010' "$(./options --port 010)" '8 8080 100 1.5'
expect '--seconds 010' "$(./options --seconds 010)" '8080 8080 100 10'
expect '--short-port -1' "$(./options --short-port -1)" 'refused'
expect '--limit -1' "$(./options --limit -1)" '8080 8080 18446744073709551615 1.5'
expect "--port ''" "$(./options --port '')" '0 8080 100 1.5'
expect 'PORT=' "$(PORT='' ./options)" '8080 8080 100 1.5'
