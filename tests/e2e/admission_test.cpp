// Who gets in, as only the whole server shows it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using boost::asio::io_context;

server_options with(std::vector<std::string> arguments) {
  server_options options;
  options.arguments = std::move(arguments);
  return options;
}

upgrade_answer knock(std::uint16_t port, const std::map<std::string, std::string>& headers,
                     const std::string& target = "/websocket?room=r") {
  io_context io;
  websocket_client client(io);
  return client.connect(port, target, headers);
}

/// The name and value alone.
std::string cookie_of(const upgrade_answer& answer) {
  const auto cookie = answer.header("set-cookie");
  return cookie.substr(0, cookie.find(';'));
}

/// All that comes back until the connection ends, or nothing has come for a while.
std::string answer_to(std::uint16_t port, const std::vector<std::string>& pieces) {
  io_context io;
  boost::asio::ip::tcp::socket socket(io);
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
  for (const auto& piece : pieces) {
    boost::asio::write(socket, boost::asio::buffer(piece));
    std::this_thread::sleep_for(20ms);
  }
  std::string answers;
  boost::asio::async_read(socket, boost::asio::dynamic_buffer(answers),
                          [](boost::system::error_code, std::size_t) {});
  io.run_for(500ms);
  return answers;
}

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 100; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

std::string connects(std::uint16_t port) {
  const auto body = fetch(port, {"/details?room=r"}).body;
  const auto from = body.find("\"increment\":") + 12;
  return body.substr(from, body.find(',', from) - from);
}

}  // namespace

TEST_CASE("a page of another site connects but neither uses nor gets a cookie", "[entrance]") {
  const server_process server;
  const auto own = knock(server.port(), {});
  REQUIRE(own.accepted());
  const auto cookie = cookie_of(own);
  const auto again = knock(server.port(), {{"Cookie", cookie}});
  CHECK(again.header("x-session-id") == own.header("x-session-id"));
  const auto foreign =
      knock(server.port(), {{"Cookie", cookie}, {"Origin", "https://evil.example"}});
  REQUIRE(foreign.accepted());
  CHECK(foreign.header("set-cookie").empty());
  CHECK(foreign.header("x-session-id") != own.header("x-session-id"));
}

TEST_CASE("with a list of origins the others get 403 and take no number", "[entrance]") {
  const server_process server(with({"--allowed-origins", "https://app.example"}));
  const auto listed = knock(server.port(), {{"Origin", "https://app.example"}});
  CHECK(listed.accepted());
  CHECK_FALSE(listed.header("set-cookie").empty());
  CHECK(knock(server.port(), {{"Origin", "https://evil.example"}}).status == 403);
  const auto own = "http://127.0.0.1:" + std::to_string(server.port());
  CHECK(knock(server.port(), {{"Origin", own}}).status == 403);
  CHECK(connects(server.port()) == "1");
}

TEST_CASE("a trusted proxy says who a client is and that it came over TLS", "[entrance]") {
  const server_process server(with({"--trusted-proxies", "127.0.0.0/8"}));
  io_context io;
  websocket_client client(io);
  const auto answer = client.connect(server.port(), "/websocket?room=r",
                                     {{"X-Forwarded-For", "6.6.6.6, 192.0.2.1"},
                                      {"X-Forwarded-Proto", "https"},
                                      {"CF-IPCountry", "NL"}});
  REQUIRE(answer.accepted());
  CHECK(answer.header("set-cookie").find("SameSite=None; Secure") != std::string::npos);
  REQUIRE(client.next_event(5s).has_value());
  const auto profile = client.next_event(5s);
  REQUIRE(profile.has_value());
  CHECK(profile->payload.find(R"("clientIp":"192.0.2.1","country":"NL")") != std::string::npos);
}

TEST_CASE("the sockets of one address are counted, behind a proxy those of the client",
          "[entrance]") {
  const server_process server(with({"--trusted-proxies", "127.0.0.1", "--sockets-per-ip", "2"}));
  io_context io;
  std::vector<std::unique_ptr<websocket_client>> clients;
  const auto come = [&](const std::string& from) {
    clients.push_back(std::make_unique<websocket_client>(io));
    return clients.back()
        ->connect(server.port(), "/websocket?room=r", {{"X-Forwarded-For", from}})
        .status;
  };
  CHECK(come("192.0.2.1") == 101);
  CHECK(come("192.0.2.1") == 101);
  CHECK(come("192.0.2.1") == 429);
  CHECK(come("192.0.2.2") == 101);
}

TEST_CASE("the socket beyond the limit on all gets 503 until one goes", "[entrance]") {
  const server_process server(with({"--sockets-max", "2"}));
  io_context io;
  websocket_client first(io);
  websocket_client second(io);
  REQUIRE(first.connect(server.port(), "/websocket?room=r").accepted());
  REQUIRE(second.connect(server.port(), "/websocket?room=r").accepted());
  CHECK(knock(server.port(), {}).status == 503);
}

TEST_CASE("without a limit on all sockets it is what the limit on open files leaves",
          "[entrance]") {
  server_options options;
  options.wrapper = {"prlimit", "--nofile=128:128"};
  const server_process server(options);
  io_context io;
  std::vector<std::unique_ptr<websocket_client>> clients;
  unsigned status = 101;
  while (status == 101 && clients.size() < 128) {
    clients.push_back(std::make_unique<websocket_client>(io));
    status = clients.back()->connect(server.port(), "/websocket?room=r").status;
  }
  CHECK(status == 503);
  CHECK(clients.size() > 32);
  clients.erase(clients.begin(), clients.begin() + 2);
  CHECK(eventually([&] { return knock(server.port(), {}).accepted(); }));
}

TEST_CASE("the request beyond the limit of its address gets 429, and the connection ends",
          "[entrance]") {
  const server_process server(with({"--requests-burst", "2", "--requests-per-second", "1"}));
  const std::string request = "GET /chat HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto answers = answer_to(server.port(), {request + request + request + request});
  const auto first = answers.find(" 200 ");
  const auto second = answers.find(" 200 ", first + 1);
  const auto third = answers.find(" 429 ", second + 1);
  CHECK(first == 8);
  REQUIRE(third != std::string::npos);
  CHECK(answers.find("HTTP/1.1", third) == std::string::npos);
  CHECK(knock(server.port(), {}).accepted());  // it has a limit of its own
}

TEST_CASE("handshakes that are refused count as requests", "[entrance]") {
  const server_process server(with({"--requests-burst", "2", "--requests-per-second", "1"}));
  const auto refused = GENERATE(as<std::string>{}, "/websocket", "/websocket?room=%01");
  const auto request = "GET " + refused + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto answers = answer_to(server.port(), {request + request + request + request});
  const auto second = answers.find(" 400 ", answers.find(" 400 ") + 1);
  const auto third = answers.find(" 429 ", second + 1);
  REQUIRE(third != std::string::npos);
  CHECK(answers.find("HTTP/1.1", third) == std::string::npos);
}

TEST_CASE("a long answer counts as several requests", "[entrance]") {
  const server_process server(with({"--requests-burst", "8", "--requests-per-second", "1"}));
  io_context io;
  websocket_client ann(io);
  REQUIRE(ann.connect(server.port(), "/websocket?room=r").accepted());
  ann.send_text(R"({"type":"login","data":{"n":")" + std::string(200'000, 'x') + R"("}})");
  for (int frame = 0; frame < 3; ++frame) REQUIRE(ann.next_event(5s).has_value());
  const auto method = GENERATE(as<std::string>{}, "GET", "HEAD");
  CHECK(fetch(server.port(), {"/users?room=r", method}).status == 200);
  CHECK(fetch(server.port(), {"/users?room=r", method}).status == 200);
  CHECK(fetch(server.port(), {"/users?room=r", method}).status == 429);
}

TEST_CASE("what makes it doubtful where a request ends is refused, and the connection ends",
          "[entrance]") {
  const server_process server;
  const std::string begin = "GET /healthz HTTP/1.1\r\n";
  const std::string host = "Host: localhost\r\n";
  const auto header = GENERATE_COPY(as<std::string>{}, std::string(), host + host,
                                    host + "Transfer-Encoding: gzip\r\n",
                                    host + "Transfer-Encoding: chunked, identity\r\n",
                                    host + "Upgrade: websocket\r\nContent-Length: 5\r\n");
  const auto next = begin + host + "\r\n";
  const auto answers = answer_to(server.port(), {begin + header + "\r\n" + next});
  INFO(header);
  CHECK(answers.find(" 400 ") == 8);
  CHECK(answers.find("HTTP/1.1", 8) == std::string::npos);
}

TEST_CASE("empty lines before a request are passed over, also between two, but not for ever",
          "[entrance]") {
  const server_process server;
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string empty = "\r\n";
  const auto pieces =
      GENERATE_COPY(std::vector{empty + request + empty + empty + request},
                    std::vector{empty, empty + "\r", "\n" + request + "\r", "\n" + request});
  const auto answers = answer_to(server.port(), pieces);
  CHECK(answers.find(" 200 ") == 8);
  CHECK(answers.find(" 200 ", 9) != std::string::npos);
  CHECK(answers.find(" 400 ") == std::string::npos);
  std::string many;
  for (int i = 0; i < 17; ++i) many += empty;
  CHECK(answer_to(server.port(), {many + request}).find(" 400 ") == 8);
  CHECK(answer_to(server.port(), {many.substr(2) + request}).find(" 200 ") == 8);
  CHECK(answer_to(server.port(), {"\r" + request}).find(" 400 ") == 8);
}

TEST_CASE("a target may name the server, and an old client need not", "[entrance]") {
  const server_process server;
  CHECK(
      answer_to(server.port(), {"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"})
          .find(" 200 ") == 8);
  CHECK(answer_to(server.port(), {"GET /healthz HTTP/1.0\r\n\r\n"}).find(" 200 ") == 8);
}

TEST_CASE("a body that nobody asked for is not waited for, however long it is said to be",
          "[entrance]") {
  const server_process server;
  const auto length = GENERATE(as<std::string>{}, "5", "5000000", "18446744073709551615");
  const auto answer = answer_to(server.port(), {"POST /details HTTP/1.1\r\nHost: localhost\r\n"
                                                "Content-Length: " +
                                                length + "\r\n\r\n"});
  CHECK(answer.find(" 405 ") == 8);
}

TEST_CASE("a handshake may spread its lists over several lines", "[entrance]") {
  const server_process server;
  const auto answer = answer_to(
      server.port(), {"GET /websocket?room=r HTTP/1.1\r\nHost: localhost\r\n"
                      "Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      "Sec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"});
  CHECK(answer.find(" 101 ") == 8);
}

TEST_CASE("a room that would be one too many for its address gets 429", "[entrance]") {
  const server_process server(with({"--new-rooms-burst", "1"}));
  CHECK(knock(server.port(), {}, "/websocket?room=first").accepted());
  CHECK(knock(server.port(), {}, "/websocket?room=second").status == 429);
  CHECK(knock(server.port(), {}, "/websocket?room=first").accepted());
}

TEST_CASE("a message may be as long as the operator says", "[entrance]") {
  const server_process server(with({"--message-bytes", "100"}));
  io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(server.port(), "/websocket?room=r").accepted());
  const auto padded = [](std::size_t bytes) {
    const std::string text = R"({"type":"profile"})";
    return text + std::string(bytes - text.size(), ' ');
  };
  REQUIRE(client.next_event(5s).has_value());
  REQUIRE(client.next_event(5s).has_value());
  client.send_text(padded(100));
  const auto profile = client.next_event(5s);
  REQUIRE(profile.has_value());
  CHECK(profile->what == client_event::kind::text);
  client.send_text(padded(101));
  const auto end = client.next_event(5s);
  REQUIRE(end.has_value());
  CHECK(end->code == 1009);
}

TEST_CASE("a header may be as long as the operator says", "[entrance]") {
  const server_process server(with({"--header-bytes", "1024"}));
  const auto ask = [&](std::size_t bytes, bool in_pieces) {
    const std::string begin = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Padding: ";
    const std::string end = "\r\n\r\n";
    const auto request = begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
    return answer_to(server.port(), in_pieces
                                        ? std::vector{request.substr(0, 500), request.substr(500)}
                                        : std::vector{request});
  };
  const bool in_pieces = GENERATE(false, true);
  CHECK(ask(1024, in_pieces).find(" 200 ") == 8);
  CHECK(ask(1025, in_pieces).find(" 431 ") == 8);
  const auto refused =
      fetch(server.port(), {"/healthz", "GET", {{"X-Padding", std::string(1100, 'x')}}});
  CHECK(refused.status == 431);
  CHECK(refused.body.find("1 KiB") != std::string::npos);
}

TEST_CASE("an id that the room has not given out is replaced where ids have to be known",
          "[entrance]") {
  const server_process server(with({"--sessions", "known"}));
  const auto given = knock(server.port(), {}).header("x-session-id");
  CHECK(knock(server.port(), {}, "/websocket?room=r&session=" + given).header("x-session-id") ==
        given);
  CHECK(knock(server.port(), {}, "/websocket?room=r&session=planted").header("x-session-id") !=
        "planted");
}

TEST_CASE("only ids that the server has signed are taken where they have to be", "[entrance]") {
  server_process server(with({"--sessions", "signed"}));
  const auto given = knock(server.port(), {});
  const auto id = given.header("x-session-id");
  CHECK(knock(server.port(), {}, "/websocket?room=r&session=" + id).header("x-session-id") == id);
  CHECK(knock(server.port(), {{"Cookie", cookie_of(given)}}).header("x-session-id") == id);
  auto forged = id;
  forged.back() = forged.back() == '0' ? '1' : '0';
  CHECK(knock(server.port(), {}, "/websocket?room=r&session=" + forged).header("x-session-id") !=
        forged);
  server.options().signing_key =
      "a new key of sixteen bytes or more\n" + std::string(test_signing_key);
  server.restart(SIGTERM);
  CHECK(knock(server.port(), {}, "/websocket?room=r&session=" + id).header("x-session-id") == id);
  server.options().signing_key = "a new key of sixteen bytes or more";
  server.restart(SIGTERM);
  CHECK(knock(server.port(), {}, "/websocket?room=r&session=" + id).header("x-session-id") != id);
}

TEST_CASE("no log line holds a session, a key or what was said", "[entrance]") {
  server_process server(with({"--log-level", "debug"}));
  io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(server.port(), "/websocket?room=r&session=secretsession").accepted());
  const std::string key(64, 'a');
  client.send_text(R"({"type":"authenticate","data":{"ts":1,"key":")" + key + R"("}})");
  client.send_text(R"({"type":"chat","data":"secretword"})");
  client.send_text(R"({"type":"profile"})");
  for (int i = 0; i < 4; ++i) REQUIRE(client.next_event(5s).has_value());
  client.terminate();
  server.stop(SIGTERM);
  const auto log = server.log_text();
  REQUIRE_FALSE(log.empty());
  for (const auto& secret : {std::string("secretsession"), key, std::string("secretword"),
                             std::string(test_signing_key)}) {
    CHECK(log.find(secret) == std::string::npos);
  }
}

TEST_CASE("pages tell browsers what they may do", "[entrance]") {
  const server_process server;
  const auto page = fetch(server.port(), {"/chat"});
  CHECK(page.header("content-security-policy").find("script-src 'sha256-") != std::string::npos);
  CHECK(page.header("x-content-type-options") == "nosniff");
  CHECK(page.header("x-frame-options") == "DENY");
  CHECK(page.header("referrer-policy") == "no-referrer");
}

}  // namespace innkeeper::testing
