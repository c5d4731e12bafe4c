#include "tests/support/server_process.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace innkeeper::testing {
namespace {

/// What AddressSanitizer is told where the server is built with it: freed memory is not to count as
/// the server's for long, and a tracer is in the way of LeakSanitizer, which is one itself.
std::string sanitizer_options(bool traced) {
  const char* given = std::getenv("ASAN_OPTIONS");
  std::string options = given == nullptr ? "" : std::string(given) + ":";
  options += "quarantine_size_mb=8";
  return traced ? options + ":detect_leaks=0" : options;
}

using boost::asio::ip::tcp;

constexpr std::chrono::seconds start_time_max{20};
constexpr int start_attempts_max = 4;  // another process may take the port between choice and use

tcp::endpoint loopback(std::uint16_t port) {
  return {boost::asio::ip::address_v4::loopback(), port};
}

}  // namespace

const std::string& tested_binary() {
  static const auto binary = [] {
    const char* named = std::getenv("TESTED_INNKEEPER");
    return std::string(named == nullptr ? INNKEEPER_BINARY : named);
  }();
  return binary;
}

std::uint16_t free_port() {
  boost::asio::io_context io;
  return tcp::acceptor(io, loopback(0)).local_endpoint().port();
}

server_process::server_process(server_options options) : options_(std::move(options)) {
  start();
}

server_process::~server_process() {
  if (child_ && !options_.wrapper.empty()) {
    ::kill(pid(), SIGKILL);  // a killed tracer would leave the server running
  }
}

void server_process::start() {
  for (int attempt = 1; attempt <= start_attempts_max; ++attempt) {
    if (start_once()) {
      return;
    }
    if (log_text().find("in use") == std::string::npos) {
      break;
    }
  }
  throw std::runtime_error("the server did not start; its log:\n" + log_text());
}

bool server_process::start_once() {
  port_ = free_port();
  command what{options_.wrapper, {}, place_.path() / "log", place_.path() / "log"};
  what.environment["ASAN_OPTIONS"] = sanitizer_options(!options_.wrapper.empty());
  for (const std::string& word :
       {options_.binary, std::string("serve"), std::string("--port"), std::to_string(port_),
        std::string("--data"), data_file().string()}) {
    what.words.push_back(word);
  }
  what.words.insert(what.words.end(), options_.arguments.begin(), options_.arguments.end());
  for (const auto& [name, value] : options_.environment) what.environment[name] = value;
  if (options_.signing_key) {
    what.environment["INNKEEPER_SIGNING_KEY"] = *options_.signing_key;
  }
  if (options_.hibernate_after_ms) {
    what.environment["INNKEEPER_HIBERNATE_AFTER_MS"] = std::to_string(*options_.hibernate_after_ms);
  }
  child_.reset();
  child_ = std::make_unique<child_process>(what);
  const auto deadline = std::chrono::steady_clock::now() + start_time_max;
  while (std::chrono::steady_clock::now() < deadline) {
    if (child_->wait_for(std::chrono::milliseconds(5))) {
      return false;
    }
    if (accepts()) {
      return true;
    }
  }
  return false;
}

bool server_process::accepts() const {
  boost::asio::io_context io;
  boost::system::error_code failure;
  tcp::socket(io).connect(loopback(port_), failure);
  return !failure;
}

void server_process::kill(int signal) {
  const pid_t target = pid();
  if (target == child_->pid()) {
    child_->kill(signal);
  } else {
    ::kill(target, signal);
  }
}

exit_status server_process::wait(std::chrono::milliseconds time) {
  const std::optional<exit_status> ended = child_->wait_for(time);
  if (!ended) {
    throw std::runtime_error("the server still runs after " + std::to_string(time.count()) +
                             " ms; its log:\n" + log_text());
  }
  return *ended;
}

bool server_process::is_running() const {
  return !child_->wait_for(std::chrono::milliseconds(0));
}

exit_status server_process::stop(int signal) {
  kill(signal);
  return wait();
}

void server_process::restart(int signal) {
  stop(signal);
  start();
}

pid_t server_process::pid() const {
  if (options_.wrapper.empty()) {
    return child_->pid();
  }
  const std::string wrapper = std::to_string(child_->pid());
  std::ifstream children("/proc/" + wrapper + "/task/" + wrapper + "/children");
  pid_t found = child_->pid();
  children >> found;
  return found;
}

std::string server_process::log_text() const {
  return file_text(place_.path() / "log");
}

long server_process::resident_kib() const {
  std::ifstream status("/proc/" + std::to_string(pid()) + "/status");
  std::string word;
  while (status >> word && word != "VmRSS:") {
  }
  long kib = -1;
  status >> kib;
  return kib;
}

}  // namespace innkeeper::testing
