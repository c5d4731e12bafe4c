// Where the server keeps what its open connections need, as the system sees it.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/event_pump.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

/// What is resident of the memory that may lie in huge pages (proc_pid_smaps(5)), in KiB; nothing
/// if there is no such memory.
std::optional<long> resident_where_pages_may_be_huge(const server_process& server) {
  std::ifstream smaps("/proc/" + std::to_string(server.pid()) + "/smaps");
  std::optional<long> sum;
  long resident = 0;
  for (std::string line; std::getline(smaps, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "Rss:") words >> resident;
    if (name != "VmFlags:") continue;
    for (std::string flag; words >> flag;) {
      if (flag == "hg") sum = sum.value_or(0) + resident;
    }
  }
  return sum;
}

bool is_given_back(boost::asio::io_context& io, const server_process& server) {
  const auto goes_on = boost::asio::make_work_guard(io);
  const auto deadline = after(20s);
  while (resident_where_pages_may_be_huge(server) != 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    pump_until(io, after(20ms), [] { return false; });
  }
  return true;
}

/// Freed memory goes back at once, and who has left is forgotten soon.
server_options without_delays() {
  auto options = without_rates();
  options.environment["MALLOC_CONF"] = "dirty_decay_ms:0";
  options.arguments = {"--silence-ms", "1000"};
  return options;
}

TEST_CASE("what connections keep may lie in huge pages, and goes back when they have left") {
  server_process server(without_delays());
  if (metric(server.port(), "innkeeper_allocated_bytes") < 0) return;  // a sanitizer's allocator
  boost::asio::io_context io;
  std::vector<std::unique_ptr<websocket_client>> clients;
  for (int i = 0; i < 30; ++i) {
    clients.push_back(std::make_unique<websocket_client>(io));
    const auto path = "/websocket?room=" + std::to_string(i);
    REQUIRE(clients.back()->connect(server.port(), path).accepted());
  }
  const auto with_them = resident_where_pages_may_be_huge(server);
  if (!with_them) {
    WARN("SKIPPED: this system has no huge pages to give");
    return;
  }
  CHECK(*with_them > 0);

  clients.clear();
  CHECK(is_given_back(io, server));
}

TEST_CASE("a server that may not reserve much address space does without huge pages") {
  auto options = without_delays();
  options.wrapper = {"prlimit", "--as=4294967296"};
  server_process server(options);
  boost::asio::io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(server.port(), "/websocket?room=lobby").accepted());
  CHECK_FALSE(resident_where_pages_may_be_huge(server).has_value());
}

}  // namespace
}  // namespace innkeeper::testing
