// One Innkeeper server under test: the real binary as a process of its own, on a free port of the
// loopback, with its data in a temporary directory that outlives restarts. The destructor kills it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace innkeeper::testing {

inline constexpr const char* test_signing_key = "signing key of the tests";

/// The program that is tested: TESTED_INNKEEPER in the environment, or the one built beside the
/// tests.
const std::string& tested_binary();

struct server_options {
  std::optional<std::string> signing_key = test_signing_key;
  std::optional<int> hibernate_after_ms = {};
  std::vector<std::string> wrapper = {};    // words before the binary, such as strace and its own
  std::vector<std::string> arguments = {};  // words behind the usual ones
  std::string binary = tested_binary();
  std::map<std::string, std::string> environment = {};
  std::optional<std::filesystem::path> data_folder = {};  // nothing: a temporary one
};

/// A server for crowds that come from one address as if each came from its own.
inline server_options without_address_limits(server_options options = {}) {
  for (const auto* limit :
       {"CONNECTS_PER_SECOND", "REQUESTS_PER_SECOND", "NEW_ROOMS_PER_MINUTE", "SOCKETS_PER_IP"}) {
    options.environment["INNKEEPER_" + std::string(limit)] = "0";
  }
  return options;
}

/// A server that takes whatever comes as fast as it comes: for stories of what many do in a moment.
inline server_options without_rates(server_options options = {}) {
  options = without_address_limits(std::move(options));
  for (const auto* rate : {"MESSAGES", "BYTES", "ROOM_MESSAGES"}) {
    options.environment["INNKEEPER_" + std::string(rate) + "_PER_SECOND"] = "0";
  }
  return options;
}

class server_process {
 public:
  /// Starts it and waits until its port accepts; throws with the server's log if it does not.
  explicit server_process(server_options options = {});
  ~server_process();

  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  /// Starts it again on the same data, on another port.
  void start();

  /// For the next start.
  server_options& options() { return options_; }

  /// Sends the signal without waiting for what it does.
  void kill(int signal);

  /// Waits for the end; throws if it does not come in time.
  exit_status wait(std::chrono::milliseconds time = std::chrono::seconds(5));

  /// Whether it has not ended by itself.
  bool is_running() const;

  exit_status stop(int signal);
  void restart(int signal);

  std::uint16_t port() const { return port_; }
  /// The server itself, not what wraps it.
  pid_t pid() const;
  std::filesystem::path data_file() const {
    return options_.data_folder.value_or(place_.path()) / "innkeeper.db";
  }
  const std::filesystem::path& place() const { return place_.path(); }
  std::string log_text() const;
  /// What it holds of the machine's memory.
  long resident_kib() const;

 private:
  bool start_once();
  bool accepts() const;

  server_options options_;
  temporary_directory place_;
  std::uint16_t port_ = 0;
  std::unique_ptr<child_process> child_;
};

/// A port of the loopback that nobody listens on at this moment.
std::uint16_t free_port();

}  // namespace innkeeper::testing
