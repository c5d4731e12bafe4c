#include "app/process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <future>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace innkeeper::app {
namespace {

void open_standard_descriptors() {
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(each, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest that is free is this one.
    static_cast<void>(::open("/dev/null", each == STDIN_FILENO ? O_RDONLY : O_WRONLY));
  }
}

void accept_signals() {
  sigset_t waited_for;
  sigemptyset(&waited_for);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&waited_for, each);
  sigprocmask(SIG_UNBLOCK, &waited_for, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

std::string advice_for(int error) {
  switch (error) {
    case EAGAIN:
      return " Threads are short: raise the limit on processes (ulimit -u, TasksMax=).";
    case EMFILE:
    case ENFILE:
      return " Raise the limit on open files (ulimit -n, LimitNOFILE=).";
    case ENOMEM:
      return " Memory is short: raise the limit on it (ulimit -v, MemoryMax=).";
    default:
      return "";
  }
}

}  // namespace

void prepare_process() {
  open_standard_descriptors();
  accept_signals();
  raise_descriptor_limit();
}

void require_threads(std::size_t count) {
  std::promise<void> all_are_there;
  const auto go = all_are_there.get_future().share();
  std::vector<std::thread> threads;
  const auto end_all = [&] {
    all_are_there.set_value();
    for (auto& each : threads) each.join();
  };
  try {
    threads.reserve(count);
    while (threads.size() < count) threads.emplace_back([go] { go.wait(); });
  } catch (...) {
    end_all();
    throw;
  }
  end_all();
}

std::size_t sockets_max(const proto::limits& bounds, bool tls, std::size_t loops) {
  constexpr std::size_t for_server = 64;
  constexpr std::size_t for_loop = 8;
  const auto others = for_server + loops * for_loop;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return bounds.sockets;
  }
  const auto files = static_cast<std::size_t>(limit.rlim_cur);
  const auto possible =
      std::max<std::size_t>(1, (files > others ? files - others : 0) / (tls ? 3 : 1));
  return bounds.sockets == 0 ? possible : std::min(possible, bounds.sockets);
}

std::string reason_of(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return "The server cannot start: there is not enough memory. Raise the limit on it (ulimit -v, "
           "MemoryMax=).";
  }
  std::string sentence = "The server cannot start: " + std::string(error.what()) + ".";
  if (const auto* of_system = dynamic_cast<const std::system_error*>(&error)) {
    sentence += advice_for(of_system->code().value());
  } else if (const auto* of_boost = dynamic_cast<const boost::system::system_error*>(&error)) {
    sentence += advice_for(of_boost->code().value());
  }
  return sentence;
}

}  // namespace innkeeper::app
