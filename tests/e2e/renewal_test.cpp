// What SIGHUP reads again, as clients and the log show it. The certificate's part is in tls_test.
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

upgrade_answer connect(const server_process& server, const std::map<std::string, std::string>& with,
                       const std::string& target = "/websocket?room=r") {
  boost::asio::io_context io;
  websocket_client client(io);
  return client.connect(server.port(), target, with);
}

unsigned status_for(const server_process& server, const std::string& origin) {
  return connect(server, {{"Origin", origin}}).status;
}

bool is_over_tls_for(const server_process& server) {
  const auto answer = connect(server, {{"X-Forwarded-Proto", "https"}});
  return answer.header("set-cookie").find("Secure") != std::string::npos;
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

/// Sends SIGHUP and waits until the log has these words once more.
bool renew(server_process& server, const std::string& words) {
  const auto before = server.log_text().size();
  server.kill(SIGHUP);
  for (int i = 0; i < 200; ++i) {
    if (server.log_text().find(words, before) != std::string::npos) return true;
    std::this_thread::sleep_for(25ms);
  }
  return false;
}

}  // namespace

TEST_CASE("SIGHUP reads the file of allowed origins again, and keeps the old ones if it is bad",
          "[renewal]") {
  const temporary_directory place;
  const auto file = place.path() / "origins";
  write(file, "https://first.example\n");
  server_options options;
  options.environment["INNKEEPER_ALLOWED_ORIGINS"] = "https://fixed.example,@" + file.string();
  server_process server(options);
  CHECK(status_for(server, "https://first.example") == 101);
  CHECK(status_for(server, "https://second.example") == 403);

  write(file, "# moved\nhttps://second.example:443\n");
  REQUIRE(renew(server, "the allowed origins are read again"));
  CHECK(status_for(server, "https://first.example") == 403);
  CHECK(status_for(server, "https://second.example") == 101);
  CHECK(status_for(server, "https://fixed.example") == 101);

  write(file, "https://third.example\nhttps://fourth.example/\n");
  REQUIRE(renew(server, "'" + file.string() + "', line 2: 'https://fourth.example/' has a path"));
  CHECK(status_for(server, "https://second.example") == 101);
  CHECK(status_for(server, "https://third.example") == 403);

  write(file, "");
  REQUIRE(renew(server, "has no entry; going on with the allowed origins as they were"));
  CHECK(status_for(server, "https://other.example") == 403);
}

TEST_CASE("SIGHUP reads the file of trusted proxies again", "[renewal]") {
  const temporary_directory place;
  const auto file = place.path() / "proxies";
  write(file, "192.0.2.0/24");
  server_options options;
  options.arguments = {"--trusted-proxies", "@" + file.string()};
  server_process server(options);
  CHECK_FALSE(is_over_tls_for(server));
  write(file, "192.0.2.0/24, 127.0.0.1");
  REQUIRE(renew(server, "the trusted proxies are read again"));
  CHECK(is_over_tls_for(server));
  write(file, "127.0.0.2\nlocalhost");
  REQUIRE(renew(server, "line 2: 'localhost' is no network"));
  CHECK(is_over_tls_for(server));
}

TEST_CASE("SIGHUP reads the signing keys again", "[renewal]") {
  const temporary_directory place;
  const auto file = place.path() / "keys";
  write(file, "the old key of the tests\n");
  server_options options;
  options.signing_key.reset();
  options.arguments = {"--sessions", "signed", "--signing-key-file", file.string()};
  server_process server(options);
  const auto old = connect(server, {}).header("x-session-id");
  const auto is_taken = [&](const std::string& id) {
    return connect(server, {}, "/websocket?room=r&session=" + id).header("x-session-id") == id;
  };
  CHECK(is_taken(old));

  write(file, "the new key of the tests\r\nthe old key of the tests\r\n");
  REQUIRE(renew(server, "the signing keys are read again"));
  CHECK(is_taken(old));
  const auto fresh = connect(server, {}).header("x-session-id");

  write(file, "the new key of the tests\n");
  REQUIRE(renew(server, "the signing keys are read again"));
  CHECK(is_taken(fresh));
  CHECK_FALSE(is_taken(old));

  write(file, "short\n");
  REQUIRE(renew(server, "line 1: the signing key has 5 bytes"));
  CHECK(is_taken(fresh));
  CHECK(server.log_text().find("of the tests") == std::string::npos);
}

}  // namespace innkeeper::testing
