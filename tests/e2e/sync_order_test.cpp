// Looks at the system calls of a server: between the moment when it has read a message and the
// moment when it begins to tell of its effect, the write-ahead log must have reached the disk.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/e2e/system_calls.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

const std::string traced_calls =
    "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync";

/// False in words.
bool tracing_works() {
  const command_result tried = run_command({"strace", "-f", "-o", "/dev/null", "true"});
  const bool works = tried.ended && tried.ended->code == 0;
  if (!works) {
    WARN("strace is missing or may not trace here: the order of system calls is not tested");
  }
  return works;
}

bool is_read(const system_call& call) {
  return call.name.starts_with("re") && call.result > 0;
}

bool is_write(const system_call& call) {
  return call.name.starts_with("send") || call.name.starts_with("write");
}

/// Of whatever file or folder.
bool is_sync(const system_call& call) {
  return call.name == "fsync" || call.name == "fdatasync";
}

bool reached_log(const system_call& call) {
  return is_sync(call) && call.result == 0 && call.concerns("innkeeper.db-wal");
}

/// The part of the log line that names the client's connection.
std::string connection_of(const websocket_client& client) {
  return "->127.0.0.1:" + std::to_string(client.local_port()) + "]";
}

/// One client, one message that changes something; gives its connection.
std::string talk(const server_process& server, const std::string& message,
                 const std::string& echo) {
  boost::asio::io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(server.port(), "/websocket?room=traced").accepted());
  client.send_text(R"({"type":"subscribe","data":"counter"})");
  client.send_text(R"({"type":"subscribe","data":"poll"})");
  client.send_text(R"({"type":"profile"})");
  for (int frame = 0; frame < 3; ++frame) {  // config, profile, profile
    REQUIRE(client.next_event(20s).has_value());
  }
  client.send_text(message);
  const auto answer = client.next_event(20s);
  REQUIRE(answer.has_value());
  REQUIRE(answer->payload.find(echo) != std::string::npos);
  return connection_of(client);
}

/// The calls of one connection that carried the message and its echo.
struct exchange {
  const system_call* read = nullptr;
  const system_call* written = nullptr;
};

exchange find_exchange(const std::vector<system_call>& calls, const std::string& connection,
                       const std::string& echo) {
  exchange found;
  for (const system_call& call : calls) {
    if (is_write(call) && call.concerns(connection) && call.concerns(echo)) {
      found.written = &call;
      break;
    }
  }
  for (const system_call& call : calls) {
    if (found.written != nullptr && is_read(call) && call.concerns(connection) &&
        call.ends < found.written->begins) {
      found.read = &call;
    }
  }
  return found;
}

bool is_within(const system_call& call, const exchange& found) {
  return call.begins > found.read->ends && call.ends < found.written->begins;
}

server_options traced(const std::filesystem::path& log) {
  return {.wrapper = {"strace", "-f", "-ttt", "-yy", "-s", "400", "-e", traced_calls, "-o",
                      log.string()}};
}

void check_order(const std::string& message, const std::string& type) {
  const temporary_directory place;
  const std::filesystem::path log = place.path() / "calls";
  std::string connection;
  {
    server_process server(traced(log));
    connection = talk(server, message, "\"type\":\"" + type + "\"");
    server.stop(SIGTERM);
  }
  const std::vector<system_call> calls = read_system_calls(file_text(log));
  const exchange found = find_exchange(calls, connection, R"(\"type\":\")" + type + R"(\")");
  INFO("connection " << connection << ", " << calls.size() << " calls");
  REQUIRE(found.written != nullptr);
  REQUIRE(found.read != nullptr);
  INFO("read:\n" << found.read->text << "\nwritten:\n" << found.written->text);
  CHECK(std::ranges::any_of(
      calls, [&](const system_call& call) { return reached_log(call) && is_within(call, found); }));
}

}  // namespace

TEST_CASE("a message is on disk between its arrival and its echo", "[durability][strace]") {
  if (!tracing_works()) return;
  SECTION("counter") {
    check_order(R"({"type":"counter","data":{"id":"c","value":1}})", "counter");
  }
  SECTION("poll") {
    check_order(R"({"type":"poll","data":{"id":"p","answer":"x"}})", "poll");
  }
}

TEST_CASE("whoever comes first after a start waits for one sync", "[strace]") {
  if (!tracing_works()) return;
  const temporary_directory place;
  const std::filesystem::path log = place.path() / "calls";
  server_process server;
  server.stop(SIGTERM);
  server.options().wrapper = traced(log).wrapper;
  server.start();
  boost::asio::io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(server.port(), "/websocket?room=traced").accepted());
  const auto connection = connection_of(client);
  server.stop(SIGTERM);
  const auto calls = read_system_calls(file_text(log));
  const auto found = find_exchange(calls, connection, "101 Switching Protocols");
  REQUIRE(found.read != nullptr);
  CHECK(std::ranges::count_if(calls, [&](const system_call& call) {
          return is_sync(call) && is_within(call, found);
        }) == 1);
}

}  // namespace innkeeper::testing
