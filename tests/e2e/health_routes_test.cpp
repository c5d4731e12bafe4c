// What monitors see of the whole server, however busy or full it is.
#include <sys/resource.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/wait.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using boost::asio::io_context;
constexpr auto npos = std::string::npos;

server_options with(std::vector<std::string> arguments) {
  server_options options;
  options.arguments = std::move(arguments);
  return options;
}

/// Clients that stay until this ends.
struct crowd {
  unsigned come(std::uint16_t port) {
    clients.push_back(std::make_unique<websocket_client>(io));
    return clients.back()->connect(port, "/websocket?room=r").status;
  }

  io_context io;
  std::vector<std::unique_ptr<websocket_client>> clients;
};

/// Of a family of figures, the one with this label.
std::string figure(std::uint16_t port, const std::string& family, const std::string& label) {
  const auto text = fetch(port, {"/metrics"}).body;
  const auto name = family + "{" + label + "} ";
  const auto at = text.find(name);
  if (at == npos) return "nothing";
  return text.substr(at + name.size(), text.find('\n', at) - at - name.size());
}

/// Within a minute of now.
bool is_now(const std::string& date) {
  std::tm parts{};
  if (::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return false;
  const auto off = std::difftime(::timegm(&parts), std::time(nullptr));
  return off > -60 && off < 60;
}

}  // namespace

TEST_CASE("a server that is well says so on both routes, to GET and HEAD", "[health]") {
  const server_process server;
  for (const auto* path : {"/healthz", "/readyz"}) {
    const auto answer = fetch(server.port(), {path});
    CHECK(answer.status == 200);
    CHECK(answer.body == "ok\n");
    CHECK(fetch(server.port(), {path, "HEAD"}).status == 200);
    CHECK(fetch(server.port(), {path, "POST"}).status == 405);
  }
}

TEST_CASE("a monitor is answered when its address has used up its requests", "[health]") {
  const server_process server(with({"--requests-burst", "1", "--requests-per-second", "1"}));
  CHECK(fetch(server.port(), {"/chat"}).status == 200);
  CHECK(fetch(server.port(), {"/chat"}).status == 429);
  for (int i = 0; i < 20; ++i) CHECK(fetch(server.port(), {"/healthz"}).status == 200);
  CHECK(fetch(server.port(), {"/readyz"}).status == 200);
}

TEST_CASE("a monitor is answered when its address has used up its connects, and nobody else is",
          "[health]") {
  const server_process server(with({"--connects-burst", "2", "--connects-per-second", "1"}));
  while (fetch(server.port(), {"/chat"}).status == 200) {
  }
  for (int i = 0; i < 20; ++i) CHECK(fetch(server.port(), {"/healthz"}).status == 200);
  const auto turned_away = fetch(server.port(), {"/chat"});
  CHECK(turned_away.status == 429);
  CHECK(turned_away.body == "Too many connections from your address. Try again in a moment.");
  CHECK(is_now(turned_away.header("date")));
}

TEST_CASE("a monitor is answered when its address has as many sockets as it may", "[health]") {
  const server_process server(with({"--sockets-per-ip", "1"}));
  crowd others;
  REQUIRE(others.come(server.port()) == 101);
  CHECK(others.come(server.port()) == 429);
  CHECK(fetch(server.port(), {"/healthz"}).status == 200);
  CHECK(fetch(server.port(), {"/readyz"}).status == 200);
}

TEST_CASE("a full server is alive but not ready, until a minute after it has refused", "[health]") {
  const server_process server(with({"--sockets-max", "1"}));
  crowd others;
  REQUIRE(others.come(server.port()) == 101);
  CHECK(fetch(server.port(), {"/readyz"}).status == 200);
  CHECK(others.come(server.port()) == 503);
  CHECK(fetch(server.port(), {"/healthz"}).status == 200);
  const auto answer = fetch(server.port(), {"/readyz"});
  CHECK(answer.status == 503);
  CHECK(answer.body == "sockets_max\n");
  CHECK(is_now(answer.header("date")));
}

TEST_CASE("a monitor that says nothing when it is let in is let go", "[health]") {
  const server_process server(with({"--sockets-max", "1"}));
  crowd others;
  REQUIRE(others.come(server.port()) == 101);
  io_context io;
  std::vector<boost::asio::ip::tcp::socket> silent;
  for (int i = 0; i < 4; ++i) {
    silent.emplace_back(io).connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
  }
  CHECK(fetch(server.port(), {"/healthz"}).status == 503);
  CHECK(becomes_true([&] { return fetch(server.port(), {"/healthz"}).status == 200; }));
}

TEST_CASE("who is turned away is counted by reason, and what the server closes by its code",
          "[health]") {
  auto options = without_address_limits(with({"--room-sockets", "2"}));
  const server_process server(options);
  crowd others;
  REQUIRE(others.come(server.port()) == 101);
  REQUIRE(others.come(server.port()) == 101);
  CHECK(others.come(server.port()) == 503);
  others.clients[0]->send_bytes("\x81\x01x");  // no mask
  others.clients[1]->close(1000);
  CHECK(becomes_true(
      [&] { return figure(server.port(), "innkeeper_closed_total", R"(code="1002")") == "1"; }));
  CHECK(figure(server.port(), "innkeeper_closed_total", R"(code="1000")") == "nothing");
  CHECK(figure(server.port(), "innkeeper_refused_total", R"(reason="room_sockets")") == "1");
}

TEST_CASE("a server without descriptors says so, and goes on when it has some", "[health]") {
  const server_process server;
  const auto allow = [&](rlim_t descriptors) {
    rlimit limit{};
    REQUIRE(::prlimit(server.pid(), RLIMIT_NOFILE, nullptr, &limit) == 0);
    limit.rlim_cur = descriptors == 0 ? limit.rlim_max : descriptors;
    REQUIRE(::prlimit(server.pid(), RLIMIT_NOFILE, &limit, nullptr) == 0);
  };
  REQUIRE(fetch(server.port(), {"/readyz"}).status == 200);
  io_context io;
  boost::asio::ip::tcp::socket waiting(io);
  allow(4);
  waiting.connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
  CHECK(becomes_true([&] { return server.log_text().find("descriptors_short: ") != npos; }));
  allow(0);
  const auto answer = fetch(server.port(), {"/readyz"});
  CHECK(answer.status == 503);
  CHECK(answer.body == "descriptors_short\n");
  CHECK(fetch(server.port(), {"/healthz"}).status == 200);
}

TEST_CASE("the owner hears of pages and proxies that the options do not know", "[health]") {
  const server_process server;
  const auto knock = [&](const std::map<std::string, std::string>& headers) {
    io_context io;
    websocket_client client(io);
    return client.connect(server.port(), "/websocket?room=r", headers).status;
  };
  CHECK(knock({{"Origin", "https://elsewhere.example"}}) == 101);
  CHECK(knock({{"X-Forwarded-For", "192.0.2.1"}}) == 101);
  const auto log = server.log_text();
  CHECK(log.find("page_without_cookies: a page of https://elsewhere.example") != npos);
  CHECK(log.find("proxy_not_trusted: 127.0.0.1 sends X-Forwarded-For") != npos);
}

TEST_CASE("the owner hears of an origin that is refused", "[health]") {
  const server_process server(with({"--allowed-origins", "https://app.example"}));
  io_context io;
  websocket_client client(io);
  const auto answer =
      client.connect(server.port(), "/websocket?room=r", {{"Origin", "https://elsewhere.example"}});
  CHECK(answer.status == 403);
  CHECK(server.log_text().find("origin_refused: a page of https://elsewhere.example") != npos);
}

TEST_CASE("every answer says when it was made", "[health]") {
  const server_process server(with({"--room-sockets", "1"}));
  for (const auto* path : {"/", "/chat", "/healthz", "/readyz", "/metrics", "/details", "/users",
                           "/no", "/websocket"}) {
    INFO(path);
    CHECK(is_now(fetch(server.port(), {path}).header("date")));
  }
  io_context io;
  websocket_client first(io);
  CHECK(is_now(first.connect(server.port(), "/websocket?room=r").header("date")));
  websocket_client second(io);
  const auto refusal = second.connect(server.port(), "/websocket?room=r");
  CHECK(refusal.status == 503);
  CHECK(is_now(refusal.header("date")));
  CHECK(is_now(fetch(server.port(), {"/chat", "POST"}).header("date")));
}

}  // namespace innkeeper::testing
