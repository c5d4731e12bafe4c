// A program that a test runs: started with its own environment, its output in files, waited for
// with a deadline, killed when its owner goes. It dies with the test process too, so that a crashed
// run leaves no server behind. Start it from the main thread: the kernel ties it to that thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace innkeeper::testing {

/// How a program ended: by itself with a code, or by a signal.
struct exit_status {
  std::optional<int> code;
  std::optional<int> signal;
};

struct command {
  std::vector<std::string> words;                  // program and arguments
  std::map<std::string, std::string> environment;  // beside what the test has, without INNKEEPER_*
  std::filesystem::path out;                       // appended to
  std::filesystem::path err;                       // may be the same file
};

class child_process {
 public:
  explicit child_process(const command& what);
  ~child_process();

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  void kill(int signal);

  /// The end of the program, or nothing if it still runs after this time.
  std::optional<exit_status> wait_for(std::chrono::milliseconds time);

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<exit_status> ended_;
};

struct command_result {
  std::optional<exit_status> ended;  // nothing: it ran on and was killed
  std::string out;
  std::string err;
};

/// Runs a program to its end, at most this long.
command_result run_command(std::vector<std::string> words,
                           std::map<std::string, std::string> environment = {},
                           std::chrono::milliseconds time = std::chrono::seconds(10));

/// The whole file as text; empty if there is none.
std::string file_text(const std::filesystem::path& file);

}  // namespace innkeeper::testing
