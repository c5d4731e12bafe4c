// RFC 6455 by the frame: what a server has to accept, what it has to refuse, and with which code.
// Every case is played over /echo; those that end the connection over a room as well. They cover
// what sections 1 to 7, 9 and 10 of the Autobahn test suite ask.
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/raw_frame.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using words = std::vector<std::string>;

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

std::string text(std::string_view payload, bool last = true, std::uint8_t reserved = 0) {
  return bytes_of({opcode::text, payload, last, reserved});
}
std::string more(std::string_view payload, bool last = true) {
  return bytes_of({opcode::continuation, payload, last});
}
std::string ping(std::string_view payload) {
  return bytes_of({opcode::ping, payload});
}
std::string pong(std::string_view payload) {
  return bytes_of({opcode::pong, payload});
}
std::string close(std::string_view payload) {
  return bytes_of({opcode::close, payload});
}

std::string shown(const client_event& event) {
  switch (event.what) {
    case client_event::kind::text:
      return "text " + event.payload;
    case client_event::kind::binary:
      return "binary " + event.payload;
    case client_event::kind::pong:
      return "pong " + event.payload;
    case client_event::kind::closed:
      break;
  }
  return "closed " + std::to_string(event.code);
}

server_process& echo_server() {
  static server_process server(without_address_limits({.arguments = {"--test-echo"}}));
  return server;
}

/// What comes back until as much has come as is expected, or the connection ends.
words answers_to(const std::string& target, const std::string& bytes, std::size_t expected,
                 std::size_t greeting) {
  boost::asio::io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(echo_server().port(), target).accepted());
  for (std::size_t i = 0; i < greeting; ++i) REQUIRE(client.next_event(10s).has_value());
  client.send_bytes(bytes);
  words heard;
  while (heard.size() < expected) {
    const auto event = client.next_event(20s);
    if (!event) break;
    heard.push_back(shown(*event));
    if (event->what == client_event::kind::closed) break;
  }
  return heard;
}

struct exchange {
  std::string name;
  std::string sent;
  words answers;
};

void play(const exchange& each) {
  INFO(each.name);
  CHECK(answers_to("/echo", each.sent, each.answers.size(), 0) == each.answers);
}

/// The answer is the same whoever is at the other end: it comes from the protocol itself.
void play_everywhere(const exchange& each) {
  play(each);
  INFO(each.name << ", in a room");
  constexpr std::size_t config_and_profile = 2;
  CHECK(answers_to("/websocket?room=frames", each.sent, each.answers.size(), config_and_profile) ==
        each.answers);
}

}  // namespace

TEST_CASE("messages of every length come back as they were", "[rfc6455]") {
  for (const auto size : {0, 1, 125, 126, 127, 128, 65535, 65536}) {
    const auto length = static_cast<std::size_t>(size);
    const std::string letters(length, '*');
    const std::string bytes(length, '\xFE');
    play({"text of " + std::to_string(size), text(letters), {"text " + letters}});
    play({"binary of " + std::to_string(size),
          bytes_of({opcode::binary, bytes}),
          {"binary " + bytes}});
  }
}

TEST_CASE("bytes that come one by one make the same message", "[rfc6455]") {
  boost::asio::io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(echo_server().port(), "/echo").accepted());
  for (const char byte : text("one by one") + ping("p")) client.send_bytes({&byte, 1});
  CHECK(shown(client.next_event(10s).value()) == "text one by one");
  CHECK(shown(client.next_event(10s).value()) == "pong p");
}

TEST_CASE("pings are answered with what they carry, pongs with nothing", "[rfc6455]") {
  const std::string most(125, '\xFE');
  play_everywhere({"empty", ping(""), {"pong "}});
  play_everywhere(
      {"bytes that are no text", ping("\x00\xff\xfe\xfd"s), {"pong \x00\xff\xfe\xfd"s}});
  play_everywhere({"125 bytes", ping(most), {"pong " + most}});
  play_everywhere({"126 bytes", ping(most + "x"), {"closed 1002"}});
  play_everywhere({"pongs nobody asked for", pong("") + pong("p") + ping("x"), {"pong x"}});
  std::string ten;
  words answers;
  for (const char c : "0123456789"s) {
    ten += ping({&c, 1});
    answers.push_back("pong "s + c);
  }
  play_everywhere({"ten", ten, answers});
}

TEST_CASE("reserved bits and opcodes close with 1002, behind what came before", "[rfc6455]") {
  for (std::uint8_t bits = 1; bits < 8; ++bits) {
    const auto name = "reserved bits " + std::to_string(bits);
    play_everywhere({name, text("x", true, bits), {"closed 1002"}});
    play_everywhere(
        {name + " of a ping", bytes_of({opcode::ping, "", true, bits}), {"closed 1002"}});
    play({name + " later",
          text("a") + ping("b") + text("x", true, bits) + ping("c"),
          {"text a", "pong b", "closed 1002"}});
  }
  for (const int code : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    const auto kind = static_cast<opcode>(code);
    const auto name = "opcode " + std::to_string(code);
    play_everywhere({name, bytes_of({kind}), {"closed 1002"}});
    play({name + " later",
          text("a") + bytes_of({kind, "x"}) + ping("c"),
          {"text a", "closed 1002"}});
  }
}

TEST_CASE("fragments make one message, with control frames between them", "[rfc6455]") {
  play({"two", text("ab", false) + more("cd"), {"text abcd"}});
  play({"empty ones", text("", false) + more("", false) + more(""), {"text "}});
  play({"binary", bytes_of({opcode::binary, "\xFE", false}) + more("\xFF"), {"binary \xFE\xFF"}});
  play({"pings between",
        text("a", false) + ping("1") + more("b", false) + ping("2") + more("c"),
        {"pong 1", "pong 2", "text abc"}});
  play({"two messages",
        text("a", false) + more("b") + text("c", false) + more("d"),
        {"text ab", "text cd"}});
  play({"single bytes", fragmented(opcode::text, "a whole message", 1), {"text a whole message"}});
  play({"of 1300 bytes",
        fragmented(opcode::text, std::string(65536, '*'), 1300),
        {"text " + std::string(65536, '*')}});
}

TEST_CASE("fragments out of place close with 1002", "[rfc6455]") {
  const std::vector<exchange> cases = {
      {"a ping in fragments", bytes_of({opcode::ping, "a", false}) + more("b"), {"closed 1002"}},
      {"a pong in fragments", bytes_of({opcode::pong, "a", false}) + more("b"), {"closed 1002"}},
      {"a close in fragments",
       bytes_of({opcode::close, close_payload(1000), false}),
       {"closed 1002"}},
      {"the end of nothing", more("a"), {"closed 1002"}},
      {"the middle of nothing", more("a", false), {"closed 1002"}},
      {"a text inside a text", text("a", false) + text("b"), {"closed 1002"}},
      {"a binary inside a text",
       text("a", false) + bytes_of({opcode::binary, "b"}),
       {"closed 1002"}},
  };
  for (const auto& each : cases) play_everywhere(each);
  play({"the end of a message that has ended",
        text("a", false) + more("b") + more("c"),
        {"text ab", "closed 1002"}});
}

TEST_CASE("text that is UTF-8 comes back, in whatever pieces", "[rfc6455]") {
  const words good = {"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5"s,  // Greek
                      "\0"s,
                      "\x7F\xC2\x80\xDF\xBF"s,
                      "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80"s,
                      "\xEF\xBF\xBD\xEF\xBF\xBE\xEF\xBF\xBF"s,  // U+FFFE, U+FFFF are no errors
                      "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"s};
  for (const auto& each : good) {
    play({"whole", text(each), {"text " + each}});
    play({"byte by byte", fragmented(opcode::text, each, 1), {"text " + each}});
  }
}

TEST_CASE("text that is no UTF-8 closes with 1007, as soon as that is certain", "[rfc6455]") {
  const words bad = {"\x80"s,  // a continuation alone
                     "\xBF"s,
                     "\xC3\x28"s,  // one missing
                     "\xE2\x82\x28"s,
                     "\xC0\xAF"s,  // too long for what it says
                     "\xC1\xBF"s,
                     "\xE0\x80\xAF"s,
                     "\xE0\x9F\xBF"s,
                     "\xF0\x80\x80\xAF"s,
                     "\xF0\x8F\xBF\xBF"s,
                     "\xED\xA0\x80"s,  // surrogates
                     "\xED\xBF\xBF"s,
                     "\xF4\x90\x80\x80"s,  // beyond U+10FFFF
                     "\xF5\x80\x80\x80"s,
                     "\xF8\x88\x80\x80\x80"s,
                     "\xFE"s,
                     "\xFF"s};
  for (const auto& each : bad) {
    play_everywhere({"whole", text("a" + each + "b"), {"closed 1007"}});
    play_everywhere({"the message goes on", text("a" + each, false), {"closed 1007"}});
    play_everywhere({"behind a ping",
                     text("a", false) + ping("p") + more(each + "b", false),
                     {"pong p", "closed 1007"}});
  }
  for (const auto* cut : {"\xCE", "\xE2\x82", "\xF0\x9F\x98"}) {
    play_everywhere({"a character cut off", text("a"s + cut), {"closed 1007"}});
  }
  // The frame itself is not over yet: what has come of it is enough.
  play_everywhere({"within a frame",
                   text("abc\xFF" + std::string(90'000, 'x')).substr(0, 60'000),
                   {"closed 1007"}});
}

TEST_CASE("a close is answered with its code, and nothing behind it is heard", "[rfc6455]") {
  // Of codes from 5000 on the RFC says nothing.
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000,
                         3999, 4000, 4999, 5000, 65535}) {
    play_everywhere({"code " + std::to_string(code),
                     close(close_payload(static_cast<std::uint16_t>(code), "why")),
                     {"closed " + std::to_string(code)}});
  }
  // Beast names a code where the client named none, which RFC 6455 section 5.5.1 leaves open.
  play_everywhere({"no code", close(""), {"closed 1000"}});
  play_everywhere({"a reason of 123 bytes",
                   close(close_payload(1000, std::string(123, 'r'))),
                   {"closed 1000"}});
  play_everywhere(
      {"things behind it", close(close_payload(1000)) + text("x") + ping("p"), {"closed 1000"}});
  play({"a close between fragments",
        text("a", false) + close(close_payload(1000)),
        {"closed 1000"}});
  play({"messages before it",
        text("a") + text("b") + close(""),
        {"text a", "text b", "closed 1000"}});
}

TEST_CASE("peers who are gone right behind a bad frame are no trouble", "[rfc6455]") {
  boost::asio::io_context io;
  for (int i = 0; i < 200; ++i) {
    websocket_client client(io);
    REQUIRE(client.connect(echo_server().port(), "/echo").accepted());
    client.send_bytes(text("a") + text("x", true, 7) + ping("b"));
    client.terminate();
  }
  play({"afterwards", text("still there"), {"text still there"}});
}

TEST_CASE("a close that is wrong itself closes with 1002", "[rfc6455]") {
  for (const int code : {0, 999, 1004, 1005, 1006, 1014, 1015, 1016, 1100, 2000, 2999}) {
    play_everywhere({"code " + std::to_string(code),
                     close(close_payload(static_cast<std::uint16_t>(code), "why")),
                     {"closed 1002"}});
  }
  play_everywhere({"half a code", close("\x03"), {"closed 1002"}});
  play_everywhere({"a reason of 124 bytes",
                   close(close_payload(1000, std::string(124, 'r'))),
                   {"closed 1002"}});
  play_everywhere({"a wrong code with a reason that is no UTF-8",
                   close(close_payload(1005, "\xFF")),
                   {"closed 1002"}});
  play_everywhere({"a bad frame before a reason that is no UTF-8",
                   text("x", true, 7) + close(close_payload(1000, "\xFF")),
                   {"closed 1002"}});
}

TEST_CASE("a close whose reason is no UTF-8 closes with 1007, in whatever pieces it comes",
          "[rfc6455]") {
  for (const auto* reason : {"\xCE\xBA\xED\xA0\x80", "\xFF", "cut \xE2\x82"}) {
    const auto sent = close(close_payload(1000, reason));
    play_everywhere({"at once", sent, {"closed 1007"}});
    play_everywhere({"behind a ping", ping("p") + sent, {"pong p", "closed 1007"}});
    play({"behind a message", text("a") + sent, {"text a", "closed 1007"}});
    play_everywhere({"between fragments", text("a", false) + sent, {"closed 1007"}});
  }
  const auto pause =
      GENERATE(0ms, 1200ms);  // a quiet connection releases its stream after a second
  const auto sent = close(close_payload(1000, "cut \xE2\x82"));
  for (std::size_t first = 1; first<sent.size(); first += pause> 0ms ? 5 : 1) {
    boost::asio::io_context io;
    websocket_client client(io);
    REQUIRE(client.connect(echo_server().port(), "/echo").accepted());
    std::this_thread::sleep_for(pause);
    client.send_bytes(sent.substr(0, first));
    std::this_thread::sleep_for(5ms);
    client.send_bytes(sent.substr(first));
    CHECK(client.next_event(10s).value_or(client_event{}).code == 1007);
  }
}

TEST_CASE("lengths that are wrong and frames without a mask close with 1002", "[rfc6455]") {
  play_everywhere({"no mask",
                   "\x81\x01"
                   "a",
                   {"closed 1002"}});
  // RFC 6455 section 5.2: as few bytes as possible, and the highest bit of eight is zero.
  play_everywhere(
      {"125 in two bytes", "\x81\xFE\x00\x7D"s + std::string(4 + 125, 0), {"closed 1002"}});
  play_everywhere({"65535 in eight bytes",
                   "\x81\xFF\0\0\0\0\0\0\xFF\xFF"s + std::string(4, 0),
                   {"closed 1002"}});
}

TEST_CASE("messages have at most 16 MiB at the echo, and 1 MiB in a room", "[rfc6455]") {
  boost::asio::io_context io;
  const auto heard = [&](const std::string& target, const std::string& bytes,
                         std::size_t greeting) {
    websocket_client client(io);
    REQUIRE(client.connect(echo_server().port(), target).accepted());
    for (std::size_t i = 0; i < greeting; ++i) REQUIRE(client.next_event(10s).has_value());
    client.send_bytes(bytes);
    return client.next_event(60s).value_or(client_event{});
  };
  const std::string most(16 * mebibyte, 'x');
  for (const auto kind : {opcode::text, opcode::binary}) {
    const bool is_text = kind == opcode::text;
    const auto back = is_text ? client_event::kind::text : client_event::kind::binary;
    const auto whole = heard("/echo", bytes_of({kind, most}), 0);
    CHECK(whole.what == back);
    CHECK((whole.payload == most));
    const auto pieces = heard("/echo", fragmented(kind, most, 4096), 0);
    CHECK(pieces.what == back);
    CHECK((pieces.payload == most));
    const auto small = heard("/echo", fragmented(kind, most.substr(0, mebibyte), 64), 0);
    CHECK(small.payload.size() == mebibyte);
  }
  const auto is_told = [](const client_event& end) {
    CHECK(end.code == 1009);
    CHECK(end.payload == "The message is too long.");
  };
  is_told(heard("/echo", head_of({opcode::binary}, 16 * mebibyte + 1), 0));
  is_told(heard("/echo", fragmented(opcode::text, most + "x", mebibyte), 0));
  is_told(heard("/websocket", head_of({opcode::text}, mebibyte + 1), 2));
  is_told(heard("/websocket", fragmented(opcode::text, most.substr(0, mebibyte + 1), 1000), 2));
  // Whoever sends all of it learns it too: what is left unread would reset the connection.
  const auto eightfold = bytes_of({opcode::text, most.substr(0, 8 * mebibyte)});
  for (int i = 0; i < 10; ++i) CHECK(heard("/websocket", eightfold, 2).code == 1009);
}

TEST_CASE("a length that is only claimed takes no memory", "[rfc6455]") {
  auto& server = echo_server();

  boost::asio::io_context io;
  std::vector<std::unique_ptr<websocket_client>> crowd;
  const auto before = server.resident_kib();
  for (int i = 0; i < 50; ++i) {
    auto& client = *crowd.emplace_back(std::make_unique<websocket_client>(io));
    REQUIRE(client.connect(server.port(), "/echo").accepted());
    client.send_bytes(ping("p") + head_of({opcode::binary}, 16 * mebibyte) + "only this");
    REQUIRE(client.next_event(10s).has_value());
  }
  CHECK(server.resident_kib() - before < 16L * 1024);  // of 800 MiB that are claimed
}

}  // namespace innkeeper::testing
