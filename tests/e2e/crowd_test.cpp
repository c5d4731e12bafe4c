// Many clients in one room at once: every one of them hears everything, once, in the same order.
#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/event_pump.hpp"
#include "tests/support/exact_json.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/raw_frame.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr int clients = 80;
constexpr int messages_per_client = 5;
constexpr int answers_max = 100;

using crowd = std::vector<std::unique_ptr<websocket_client>>;

crowd gather(boost::asio::io_context& io, const server_process& server, int count,
             const std::string& channel) {
  crowd all;
  for (int i = 0; i < count; ++i) {
    all.push_back(std::make_unique<websocket_client>(io));
    REQUIRE(all.back()->connect(server.port(), "/websocket?room=crowd").accepted());
    all.back()->send_text(R"({"type":"subscribe","data":")" + channel + "\"}");
    all.back()->send_text(R"({"type":"profile"})");
  }
  for (const auto& client : all) {
    for (int frame = 0; frame < 3; ++frame) {  // config, profile, profile
      REQUIRE(client->next_event(10s).has_value());
    }
  }
  return all;
}

/// A text message of up to 125 bytes as a client frames it (RFC 6455 section 5.2), its mask zero.
std::string masked_text(const std::string& payload) {
  REQUIRE(payload.size() <= 125);
  std::string frame = {'\x81', static_cast<char>(0x80 | payload.size())};
  return frame.append(4, '\0') + payload;
}

}  // namespace

TEST_CASE("everybody in a crowd hears every count once and in order", "[crowd]") {
  const server_process server;
  boost::asio::io_context io;
  const crowd all = gather(io, server, clients, "counter");
  for (int i = 0; i < messages_per_client; ++i) {
    for (const auto& client : all) {
      client->send_text(R"({"type":"counter","data":{"id":"c","value":1}})");
    }
  }
  for (const auto& client : all) {
    for (int count = 1; count <= clients * messages_per_client; ++count) {
      const auto event = client->next_event(20s);
      REQUIRE(event.has_value());
      const std::string value = "\"value\":" + std::to_string(count) + "}";
      REQUIRE(event->payload.find(value) != std::string::npos);
    }
  }
  CHECK(pump_until(io, after(100ms), [] { return false; }) == false);
  for (const auto& client : all) {
    CHECK(client->events().empty());
  }
  const auto details =
      parse_exact(fetch(server.port(), {.target = "/details?room=crowd"}).body).value();
  CHECK(number_text(details["count"]) == std::to_string(clients));
  CHECK(number_text(details["uniqueCount"]) == std::to_string(clients));
}

TEST_CASE("many messages in one write are heard by all in their order, whatever their kind",
          "[crowd]") {
  const server_process server;
  boost::asio::io_context io;
  const crowd all = gather(io, server, clients, "chat");
  auto& speaker = *all.front();
  for (const auto& client : all) {
    client->send_text(R"({"type":"subscribe","data":"counter"})");
    client->send_text(R"({"type":"profile"})");
    REQUIRE(client->next_event(10s).has_value());
  }
  std::string many;
  constexpr int rounds = 40;
  for (int i = 0; i < rounds; ++i) {
    // Some chats in a row between two counts, and sometimes none.
    for (int chat = 0; chat < i % 4; ++chat) {
      many += masked_text(R"({"type":"chat","data":"after )" + std::to_string(i) + "\"}");
    }
    many += masked_text(R"({"type":"counter","data":{"id":"c","value":1}})");
  }
  speaker.send_bytes(many);
  for (const auto& client : all) {
    for (int i = 0; i < rounds; ++i) {
      for (int chat = 0; chat < i % 4; ++chat) {
        const auto event = client->next_event(20s);
        REQUIRE(event.has_value());
        CHECK(event->payload.find("after " + std::to_string(i) + "\"") != std::string::npos);
      }
      const auto event = client->next_event(20s);
      REQUIRE(event.has_value());
      CHECK(event->payload.find("\"value\":" + std::to_string(i + 1) + "}") != std::string::npos);
    }
  }
}

/// What clients may have sent when the server looks.
enum class speech { plain, twice, half, fragments, behind_ping, long_one, wrong, goodbye, gone };
constexpr int speeches = 9;

constexpr std::string_view question = R"({"type":"profile"})";

void speak(websocket_client& client, speech how) {
  const std::string frame = bytes_of({.payload = question});
  switch (how) {
    case speech::plain:
      return client.send_bytes(frame);
    case speech::twice:
      return client.send_bytes(frame + frame);
    case speech::half:
      return client.send_bytes(frame.substr(0, frame.size() / 2));
    case speech::fragments:
      return client.send_bytes(fragmented(opcode::text, question, 3));
    case speech::behind_ping:
      return client.send_bytes(bytes_of({.kind = opcode::ping, .payload = "?"}) + frame);
    case speech::long_one:  // more than is read at a time
      return client.send_text(std::string(question) + std::string(20'000, ' '));
    case speech::wrong:
      return client.send_bytes(bytes_of({.payload = question, .reserved_bits = 1}) + frame);
    case speech::goodbye:
      return client.send_bytes(frame +
                               bytes_of({.kind = opcode::close, .payload = close_payload(1000)}));
    case speech::gone:
      client.send_bytes(frame);
      return client.terminate();
  }
}

TEST_CASE("a crowd that speaks at the same moment is heard, each as if alone", "[crowd]") {
  const std::string io_uring = GENERATE("true", "false");
  CAPTURE(io_uring);
  auto options = without_rates();
  options.environment["INNKEEPER_IO_URING"] = io_uring;
  options.environment["INNKEEPER_LOOPS"] = "1";
  server_process server(std::move(options));
  boost::asio::io_context io;
  const crowd all = gather(io, server, 4 * speeches, "unheard");
  const auto how = [](std::size_t i) { return static_cast<speech>(i % speeches); };

  server.kill(SIGSTOP);
  for (std::size_t i = 0; i < all.size(); ++i) speak(*all[i], how(i));
  server.kill(SIGCONT);

  const auto is_answered = [](websocket_client& client) {
    const auto event = client.next_event(10s);
    return event && event->payload.find(R"("type":"profile")") != std::string::npos;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    auto& client = *all[i];
    if (how(i) == speech::gone) continue;
    if (how(i) == speech::half) {
      const std::string frame = bytes_of({.payload = question});
      client.send_bytes(frame.substr(frame.size() / 2));
    }
    if (how(i) == speech::behind_ping) {
      const auto event = client.next_event(10s);
      REQUIRE(event.has_value());
      CHECK(event->what == client_event::kind::pong);
    }
    if (how(i) != speech::wrong) CHECK(is_answered(client));
    if (how(i) == speech::twice) CHECK(is_answered(client));
    if (how(i) == speech::wrong || how(i) == speech::goodbye) {
      const auto event = client.next_event(10s);
      REQUIRE(event.has_value());
      CHECK(event->what == client_event::kind::closed);
      CHECK(event->code == (how(i) == speech::wrong ? 1002 : 1000));
    } else {
      client.send_text(question);
      CHECK(is_answered(client));
    }
    CHECK(client.events().empty());
  }
}

TEST_CASE("a poll takes a hundred answers and refuses one more", "[crowd]") {
  const server_process server;
  boost::asio::io_context io;
  const crowd all = gather(io, server, answers_max + 1, "unheard");
  for (int i = 0; i <= answers_max; ++i) {
    websocket_client& client = *all[static_cast<std::size_t>(i)];
    client.send_text(R"({"type":"poll","data":{"id":"p","answer":)" + std::to_string(i) + "}}");
    client.send_text(R"({"type":"profile"})");
    const auto event = client.next_event(10s);
    REQUIRE(event.has_value());
    const bool refused = event->payload.find("\"code\":\"limit\"") != std::string::npos;
    CHECK(refused == (i == answers_max));
  }
}

}  // namespace innkeeper::testing
