#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "proto/limits.hpp"
#include "transport/socket/address.hpp"

/// The command line and its environment variables. Only main's thread.
namespace innkeeper::app {

struct serve_options {
  std::uint16_t port = 8080;
  std::string bind = "127.0.0.1";
  std::filesystem::path data = "innkeeper.db";
  /// The first signs, all are accepted. Empty: admin login is off.
  std::vector<std::string> signing_keys;
  /// Where they come from; empty: from the environment, or there are none.
  std::filesystem::path signing_key_file;
  std::chrono::milliseconds hibernate_after{10'000};
  /// Sessions unseen for this long are forgotten; their votes stay counted.
  std::chrono::milliseconds session_ttl{std::chrono::hours(30 * 24)};
  /// Threads that run sockets and rooms; 0: one per core.
  std::size_t loops = 0;
  /// Write to many sockets by one call, where the kernel has that.
  bool io_uring = true;
  std::string log_level = "info";
  /// `/echo` says back what it is told: for tests of the WebSocket protocol.
  bool test_echo = false;
  /// Clients may have their messages packed (permessage-deflate).
  bool deflate = false;
  proto::limits bounds;
  /// In the form that browsers send. Empty: pages of any site may connect, without cookies.
  std::vector<std::string> allowed_origins;
  transport::address_set trusted_proxies;
  /// What the two lists above are read from: entries, or files by @FILE.
  std::vector<std::string> allowed_origins_given;
  std::vector<std::string> trusted_proxies_given;
  /// "any", "known" or "signed".
  std::string sessions = "any";
  /// Both or none.
  std::filesystem::path tls_cert;
  std::filesystem::path tls_key;
  /// Empty: addresses are not looked up.
  std::filesystem::path geoip;
  /// Sentences for the log: doubtful settings that are no mistake for certain.
  std::vector<std::string> warnings;
};

/// Nothing to run: what to print, and the exit code (0 after --help and --version, 2 after a
/// mistake).
struct early_exit {
  int code = 0;
  std::string text;
};

std::variant<early_exit, serve_options> read_options(int argc, const char* const* argv);

}  // namespace innkeeper::app
