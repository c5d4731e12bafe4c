#include "tests/faults/sweep.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>

#include "proto/digest.hpp"
#include "storage/sqlite/database.hpp"
#include "tests/crash/storage_workload.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace innkeeper::testing {
namespace {

constexpr unsigned run_seconds_max = 60;

struct ended_run {
  int status = 0;
  std::string story;
  std::string words;  // what it said on stderr
};

std::string all_from(int pipe) {
  std::string text;
  std::array<char, 4096> some{};
  for (ssize_t got = 0; (got = ::read(pipe, some.data(), some.size())) > 0;) {
    text.append(some.data(), static_cast<std::size_t>(got));
  }
  return text;
}

ended_run run_apart(const fault_order& order, const std::filesystem::path& folder) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const auto words = folder / "words";
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(run_seconds_max);  // one that hangs has not stopped with words
    ::dup2(::open(words.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    ::signal(SIGABRT, SIG_DFL);
    run_with_fault(order, folder, pipe[1]);
  }
  ::close(pipe[1]);
  ended_run run;
  run.story = all_from(pipe[0]);
  ::close(pipe[0]);
  ::waitpid(child, &run.status, 0);
  run.words = file_text(words);
  return run;
}

bool contains(const std::vector<std::string>& states, const std::string& one) {
  return std::find(states.begin(), states.end(), one) != states.end();
}

/// What a run has told of.
struct told {
  /// The file is like the first, or like one of those submitted since.
  std::vector<std::string> states{proto::sha256_hex("")};
  /// How many of those submitted since are stored for sure.
  std::size_t acknowledged = 0;
  std::string in_copy;
  std::vector<std::string> submitted_before_copy;
  bool struck = false;
  bool is_over = false;
};

/// Counted by what it says, wherever the file was.
std::string without_folder(std::string sentence, const std::filesystem::path& folder) {
  const auto path = folder.string() + "/";
  const auto at = sentence.find(path);
  if (at != std::string::npos) sentence.erase(at, path.size());
  return sentence;
}

told read_story(const std::string& text, const std::filesystem::path& folder,
                sweep_result& result) {
  told read;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto rest = line.substr(1);
    switch (line.front()) {
      case story::submitted:
        read.states.push_back(rest);
        break;
      case story::acknowledged:
        ++read.acknowledged;
        break;
      case story::settled:
        if (read.in_copy.empty()) read.submitted_before_copy = read.states;
        read.states = {rest};
        read.acknowledged = 0;
        break;
      case story::copied:
        read.in_copy = rest;
        break;
      case story::refused:
        ++result.refusals[without_folder(rest, folder)];
        break;
      case story::outcome:
        ++result.outcomes[rest];
        break;
      case story::wrong:
        if (!contains(result.wrong, rest)) result.wrong.push_back(rest);
        break;
      default:
        read.struck = rest == "struck";
        read.is_over = true;
    }
  }
  return read;
}

/// The hash of all rows, or what is wrong with the file.
std::string found_in(const std::filesystem::path& file) {
  auto opened = storage::database::open(file);
  if (!opened) return "cannot be opened: " + opened.error().sentence;
  try {
    const std::string found = opened->connection().execAndGet("PRAGMA integrity_check");
    if (found != "ok") return "is damaged: " + found;
    return proto::sha256_hex(dump(opened->connection()));
  } catch (const SQLite::Exception& error) {
    return std::string("cannot be read: ") + error.what();
  }
}

class judge {
 public:
  judge(const fault_order& order, const std::filesystem::path& folder, sweep_result& result)
      : order_(order), folder_(folder), result_(result) {}

  /// True if the call that had to fail was reached.
  bool look_at(const ended_run& run) {
    const auto wrong_before = result_.wrong.size();
    const auto read = read_story(run.story, folder_, result_);
    const bool ended_well = WIFEXITED(run.status) && WEXITSTATUS(run.status) == 0 && read.is_over;
    if (!ended_well) look_at_end(run);
    look_at_file(read, ended_well);
    look_at_copy(read);
    for (auto i = wrong_before; i < result_.wrong.size(); ++i) {
      result_.wrong[i] += " (" + std::string(name_of(order_.what)) + " at call " +
                          std::to_string(order_.at) + (order_.lasts ? " and all behind" : "") + ")";
    }
    return read.struck || !ended_well;
  }

 private:
  void look_at_end(const ended_run& run) {
    const bool may_stop = order_.what == fault::sync_error;
    const bool refused = WIFEXITED(run.status) && WEXITSTATUS(run.status) == refused_to_open;
    const bool aborted = WIFSIGNALED(run.status) && WTERMSIG(run.status) == SIGABRT;
    const bool with_words = run.words.find("failed to sync") != std::string::npos;
    if (may_stop && (refused || (aborted && with_words))) {
      ++result_.stopped;
      return;
    }
    result_.wrong.push_back("ended with status " + std::to_string(run.status) + " and the words '" +
                            run.words + "'");
  }

  void look_at_file(const told& read, bool ended_well) {
    const auto found = found_in(folder_ / "rooms.db");
    const auto from = read.states.begin() + static_cast<std::ptrdiff_t>(read.acknowledged);
    const std::vector<std::string> allowed(from, ended_well ? from + 1 : read.states.end());
    if (!contains(allowed, found))
      result_.wrong.push_back("after a restart the file " + told_of(found));
  }

  void look_at_copy(const told& read) {
    if (read.in_copy.empty()) return;
    const auto found = found_in(folder_ / "killed.db");
    if (found == read.in_copy) return;
    if (contains(read.submitted_before_copy, found)) {
      ++result_.untold;
    } else {
      result_.wrong.push_back("after a kill the file " + told_of(found));
    }
  }

  static std::string told_of(const std::string& found) {
    return found.find(' ') == std::string::npos ? "is not as was told" : found;
  }

  const fault_order& order_;
  const std::filesystem::path& folder_;
  sweep_result& result_;
};

}  // namespace

sweep_result sweep(fault what, bool lasts, std::size_t step, std::uint64_t seed) {
  sweep_result result;
  const temporary_directory place(in_memory);
  for (fault_order order{what, 1, lasts, seed};; order.at += step) {
    const auto folder = place.path() / std::to_string(order.at);
    std::filesystem::create_directory(folder);
    const bool reached = judge(order, folder, result).look_at(run_apart(order, folder));
    std::filesystem::remove_all(folder);
    if (!reached) return result;
    ++result.runs;
    result.calls = order.at;
  }
}

}  // namespace innkeeper::testing
