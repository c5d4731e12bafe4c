#include "tests/floods/healthy_room.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

namespace innkeeper::floods {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::uint8_t network = 2;
constexpr std::chrono::seconds patience{10};

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             steady_clock::now().time_since_epoch())
      .count();
}

/// A word carries the time when it was said, behind this.
constexpr std::string_view mark = "\"said ";

std::int64_t time_in(std::string_view frame) {
  const auto at = frame.find(mark);
  std::int64_t said = 0;
  if (at == std::string_view::npos) return said;
  std::from_chars(frame.data() + at + mark.size(), frame.data() + frame.size(), said);
  return said;
}

double percentile(const std::vector<std::int64_t>& sorted_us, double share) {
  if (sorted_us.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted_us.size() - 1));
  return static_cast<double>(sorted_us[index]) / 1000;
}

}  // namespace

struct healthy_room::state {
  std::vector<std::unique_ptr<websocket>> clients;
  std::size_t entered = 0;
  std::vector<std::int64_t> took_us;
  std::string failure;
};

namespace {

asio::awaitable<void> listen(std::shared_ptr<std::vector<std::int64_t>> took_us, websocket& from) {
  boost::beast::flat_buffer buffer;
  for (;;) {
    auto [error, size] = co_await from.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    const auto arrived = now_us();
    const std::string_view frame(static_cast<const char*>(buffer.data().data()), size);
    if (const auto said = time_in(frame)) took_us->push_back(arrived - said);
    buffer.consume(size);
  }
}

asio::awaitable<void> talk(websocket& with, std::chrono::microseconds pause, std::size_t words,
                           std::size_t word_bytes) {
  asio::steady_timer clock(with.get_executor());
  auto next = steady_clock::now();
  const std::string filling(word_bytes, '.');
  for (std::size_t i = 0; i < words; ++i) {
    const auto word = R"({"type":"chat","data":)" + std::string(mark) + std::to_string(now_us()) +
                      " " + filling + "\"}";
    co_await say(with, word);
    clock.expires_at(next += pause);
    co_await clock.async_wait(asio::use_awaitable);
  }
}

}  // namespace

healthy_room::healthy_room(asio::io_context& io, std::uint16_t port, const std::string& name,
                           std::size_t listeners)
    : io_(io), state_(std::make_shared<state>()) {
  auto took_us = std::shared_ptr<std::vector<std::int64_t>>(state_, &state_->took_us);
  for (std::size_t i = 0; i < listeners; ++i) {
    asio::co_spawn(
        io_,
        [](auto kept, auto took, std::uint16_t to, std::string room,
           std::uint32_t number) -> asio::awaitable<void> {
          auto client = std::make_unique<websocket>(
              co_await enter(loopback_address(network, number), to, room));
          co_await say(*client, R"({"type":"subscribe","data":"chat"})");
          auto& mine = *kept->clients.emplace_back(std::move(client));
          ++kept->entered;
          co_await listen(took, mine);
        }(state_, took_us, port, name, static_cast<std::uint32_t>(i / 100)),
        asio::detached);
  }
  const auto deadline = steady_clock::now() + patience + std::chrono::milliseconds(listeners * 10);
  while (state_->entered < listeners && steady_clock::now() < deadline) {
    io_.run_one_for(std::chrono::milliseconds(100));
  }
  if (state_->entered < listeners) throw std::runtime_error("the healthy clients were not let in");
  io_.run_for(std::chrono::milliseconds(500));  // the subscriptions have no answer
}

healthy_room::~healthy_room() {
  for (auto& client : state_->clients) {
    boost::system::error_code ignored;
    static_cast<void>(client->next_layer().close(ignored));
  }
  io_.run_for(std::chrono::milliseconds(100));
}

latencies healthy_room::measure(std::chrono::milliseconds duration, std::size_t words_per_second,
                                std::size_t word_bytes) {
  state_->took_us.clear();
  const std::chrono::microseconds pause(1'000'000 / words_per_second);
  const auto words = static_cast<std::size_t>(duration / pause);
  asio::co_spawn(io_, talk(*state_->clients.front(), pause, words, word_bytes), asio::detached);
  const auto expected = words * state_->clients.size();
  const auto deadline = steady_clock::now() + duration + patience;
  while (state_->took_us.size() < expected && steady_clock::now() < deadline) {
    io_.run_one_for(std::chrono::milliseconds(100));
  }
  auto& took = state_->took_us;
  std::ranges::sort(took);
  return {took.size(), expected - std::min(expected, took.size()), percentile(took, 0.50),
          percentile(took, 0.99)};
}

}  // namespace innkeeper::floods
