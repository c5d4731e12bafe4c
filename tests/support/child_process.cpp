#include "tests/support/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temporary_directory.hpp"

namespace innkeeper::testing {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int open_for_append(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    fail("open " + file.string());
  }
  return descriptor;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

/// What the test has, without settings of the server that a developer may have exported.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("INNKEEPER_")) {
      result.emplace_back(*entry);
    }
  }
  for (const auto& [name, value] : more) {
    result.push_back(name + "=" + value);
  }
  return result;
}

/// Between fork and exec: only what is safe there.
[[noreturn]] void become(pid_t parent, int out, int err, char** words, char** environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(127);  // the test died before the line above
  }
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execvpe(words[0], words, environment);
  ::_exit(127);
}

exit_status status_of(int raw) {
  exit_status result;
  if (WIFEXITED(raw)) {
    result.code = WEXITSTATUS(raw);
  } else {
    result.signal = WTERMSIG(raw);
  }
  return result;
}

}  // namespace

child_process::child_process(const command& what) {
  std::vector<std::string> words = what.words;
  std::vector<std::string> environment = environment_with(what.environment);
  const std::vector<char*> word_pointers = pointers(words);
  const std::vector<char*> environment_pointers = pointers(environment);
  const int out = open_for_append(what.out);
  const int err = open_for_append(what.err);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    become(parent, out, err, const_cast<char**>(word_pointers.data()),
           const_cast<char**>(environment_pointers.data()));
  }
  ::close(out);
  ::close(err);
  if (pid_ < 0) {
    fail("fork");
  }
  // glibc 2.36 declares pidfd_open without extern "C", so C++ cannot link to it.
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ < 0) {
    fail("pidfd_open");
  }
}

child_process::~child_process() {
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(pidfd_);
}

void child_process::kill(int signal) {
  if (!ended_) {
    ::kill(pid_, signal);
  }
}

std::optional<exit_status> child_process::wait_for(std::chrono::milliseconds time) {
  if (ended_) {
    return ended_;
  }
  pollfd ready{pidfd_, POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(time.count())) == 1) {
    int raw = 0;
    ::waitpid(pid_, &raw, 0);
    ended_ = status_of(raw);
  }
  return ended_;
}

command_result run_command(std::vector<std::string> words,
                           std::map<std::string, std::string> environment,
                           std::chrono::milliseconds time) {
  const temporary_directory place;
  const std::filesystem::path out = place.path() / "out";
  const std::filesystem::path err = place.path() / "err";
  child_process child({std::move(words), std::move(environment), out, err});
  const std::optional<exit_status> ended = child.wait_for(time);
  return {ended, file_text(out), file_text(err)};
}

std::string file_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace innkeeper::testing
