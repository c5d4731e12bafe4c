// Many clients in one room at once: every one of them hears everything, once, in the same order.
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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

crowd gather(
    boost::asio::io_context& io, const server_process& server, std::size_t count,
    const std::string& channel,
    const std::function<bool(std::size_t)>& packs = [](std::size_t) { return false; }) {
  crowd all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(std::make_unique<websocket_client>(io));
    if (packs(i)) all.back()->offer_deflate();
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

/// What a client may have sent when the server looks.
enum class speech { plain, twice, half, fragments, behind_ping, long_one, wrong, goodbye, gone };
constexpr std::size_t speeches = 9;

/// The answer tells who has asked.
std::string question_of(std::size_t who) {
  return R"({"type":"login","data":{"n":)" + std::to_string(who) + "}}";
}

bool is_answer(const std::optional<client_event>& event, std::size_t who) {
  const auto properties =
      R"("properties":{"n":)" + std::to_string(who) + ",";  // and what it is subscribed to
  return event && event->payload.find(properties) != std::string::npos;
}

bool is_close(const std::optional<client_event>& event, std::uint16_t code) {
  return event && event->what == client_event::kind::closed && event->code == code;
}

void speak(websocket_client& client, std::size_t who, speech how) {
  const auto question = question_of(who);
  const auto frame = bytes_of({.payload = question});
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
      return client.send_text(question + std::string(20'000, ' '));
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

/// Whether it is heard to the end, and can go on if it has not ended.
void hear_out(websocket_client& client, std::size_t who, speech how) {
  switch (how) {
    case speech::gone:
      return;
    case speech::wrong:
      CHECK(is_close(client.next_event(10s), 1002));
      return;
    case speech::goodbye: {  // it does not wait for what has to be stored, but may come behind it
      auto event = client.next_event(10s);
      if (is_answer(event, who)) event = client.next_event(10s);
      CHECK(is_close(event, 1000));
      return;
    }
    case speech::behind_ping:
      CHECK(client.next_event(10s).value().what == client_event::kind::pong);
      break;
    case speech::twice:
      CHECK(is_answer(client.next_event(10s), who));
      break;
    case speech::half: {
      const auto frame = bytes_of({.payload = question_of(who)});
      client.send_bytes(frame.substr(frame.size() / 2));
      break;
    }
    case speech::plain:
    case speech::fragments:
    case speech::long_one:
      break;
  }
  CHECK(is_answer(client.next_event(10s), who));
  CHECK(client.events().empty());
  client.send_text(question_of(who));
  CHECK(is_answer(client.next_event(10s), who));
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
      many += bytes_of({.payload = R"({"type":"chat","data":"after )" + std::to_string(i) + "\"}"});
    }
    many += bytes_of({.payload = R"({"type":"counter","data":{"id":"c","value":1}})"});
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

TEST_CASE("a crowd that speaks at the same moment is heard, each as if alone", "[crowd]") {
  const std::string io_uring = GENERATE("true", "false");
  CAPTURE(io_uring);
  auto options = without_rates({.arguments = {"--deflate"}});
  options.environment["INNKEEPER_IO_URING"] = io_uring;
  options.environment["INNKEEPER_LOOPS"] = "1";
  server_process server(std::move(options));
  boost::asio::io_context io;
  // Some who may pack what they say are among them: they are read in another way.
  const crowd all =
      gather(io, server, 5 * speeches, "unheard", [](std::size_t i) { return i % 4 == 0; });
  const auto how = [](std::size_t i) { return static_cast<speech>(i % speeches); };

  server.kill(SIGSTOP);
  for (std::size_t i = 0; i < all.size(); ++i) speak(*all[i], i, how(i));
  server.kill(SIGCONT);

  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    hear_out(*all[i], i, how(i));
  }
  CHECK_FALSE(pump_until(io, after(100ms), [] { return false; }));
  for (const auto& client : all) CHECK(client->events().empty());
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
