#include "tests/floods/soak.hpp"

#include <algorithm>
#include <cstdio>
#include <random>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "tests/floods/raw_client.hpp"
#include "tests/floods/server_gauge.hpp"

namespace innkeeper::floods {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using std::chrono::steady_clock;

constexpr std::size_t people = 300;
constexpr std::size_t rooms = 60;
constexpr int visits_of_one_address = 20;

/// The same people and rooms all the time, so that the file does not grow either.
struct visitor {
  std::uint32_t number;
  std::uint16_t port;
  std::mt19937_64 random{number};
  std::size_t visits = 0;
  std::size_t failures = 0;

  std::size_t any(std::size_t below) { return random() % below; }
};

std::string something_to_say(visitor& who) {
  const auto n = std::to_string(who.any(8));
  switch (who.any(6)) {
    case 0:
      return R"({"type":"chat","data":"hello )" + n + "\"}";
    case 1:
      return R"({"type":"poll","data":{"id":"lunch","answer":)" + n + "}}";
    case 2:
      return R"({"type":"ephemeralPoll","data":{"id":"mood","answer":)" + n + "}}";
    case 3:
      return R"({"type":"counter","data":{"id":"visits","value":)" + n + "}}";
    case 4:
      return R"({"type":"login","data":{"name":"visitor )" + n + "\"}}";
    default:
      return R"({"type":"subscribe","data":"counter:)" + n + "\"}";
  }
}

awaitable<void> pause_for(std::chrono::milliseconds time) {
  asio::steady_timer clock(co_await asio::this_coro::executor, time);
  co_await clock.async_wait(use_awaitable);
}

awaitable<void> hear(std::shared_ptr<websocket> from) {
  boost::beast::flat_buffer buffer;
  for (;;) {
    auto [error, size] = co_await from->async_read(buffer, asio::as_tuple(use_awaitable));
    if (error) co_return;
    buffer.consume(size);
  }
}

/// Long silences let the room fall asleep under the open socket.
awaitable<void> visit(visitor& who) {
  const auto source = loopback_address(20, who.number / visits_of_one_address);
  const auto target =
      "soak" + std::to_string(who.any(rooms)) + "&session=v" + std::to_string(who.number);
  auto socket = std::make_shared<websocket>(co_await enter(source, who.port, target));
  asio::co_spawn(socket->get_executor(), hear(socket), asio::detached);
  co_await say(*socket, R"({"type":"subscribe","data":"chat"})");
  co_await say(*socket, R"({"type":"subscribe","data":"poll"})");
  for (auto words = 1 + who.any(6); words > 0; --words) {
    co_await pause_for(std::chrono::milliseconds(200 + who.any(4000)));
    co_await say(*socket, something_to_say(who));
  }
  if (who.any(2) == 0) {
    co_await socket->async_close({}, use_awaitable);
  } else {
    boost::system::error_code ignored;
    static_cast<void>(socket->next_layer().close(ignored));
  }
}

awaitable<void> live(visitor& who) {
  for (;;) {
    try {
      co_await visit(who);
      ++who.visits;
    } catch (const std::exception&) {
      ++who.failures;
    }
    co_await pause_for(std::chrono::milliseconds(who.any(3000)));
  }
}

struct sample {
  server_gauge now;
  std::size_t visits = 0;
  std::size_t failures = 0;
};

template <class Value>
double mean_of(const std::vector<sample>& samples, std::size_t from, std::size_t to, Value value) {
  double sum = 0;
  for (auto i = from; i < to; ++i) sum += static_cast<double>(value(samples[i]));
  return sum / static_cast<double>(std::max<std::size_t>(1, to - from));
}

bool is_flat(const char* what, double early, double late) {
  std::printf("%s: %.0f early, %.0f late (%+.1f %%)\n", what, early, late,
              (late / early - 1) * 100);
  constexpr double growth_max = 1.1;
  return late <= early * growth_max;
}

bool judge(const std::vector<sample>& samples) {
  const auto sixth = std::max<std::size_t>(1, samples.size() / 6);
  const auto resident = [](const sample& s) { return s.now.resident_kib; };
  const auto descriptors = [](const sample& s) { return s.now.descriptors; };
  const auto end = samples.size();
  const bool memory_flat = is_flat("resident KiB", mean_of(samples, sixth, 2 * sixth, resident),
                                   mean_of(samples, end - sixth, end, resident));
  const bool descriptors_flat =
      is_flat("descriptors", mean_of(samples, sixth, 2 * sixth, descriptors),
              mean_of(samples, end - sixth, end, descriptors));
  return memory_flat && descriptors_flat;
}

}  // namespace

bool soak(std::uint16_t port, pid_t server, std::chrono::seconds duration) {
  asio::io_context io{1};
  std::vector<std::unique_ptr<visitor>> all;
  for (std::size_t i = 0; i < people; ++i) {
    all.push_back(std::make_unique<visitor>(visitor{static_cast<std::uint32_t>(i), port}));
    asio::co_spawn(io, live(*all.back()), asio::detached);
  }
  const auto interval = std::min<steady_clock::duration>(std::chrono::minutes(1), duration / 12);
  std::vector<sample> samples;
  for (steady_clock::duration passed{0}; passed < duration; passed += interval) {
    io.run_for(interval);
    sample seen{gauge(server)};
    for (const auto& who : all) {
      seen.visits += who->visits;
      seen.failures += who->failures;
    }
    samples.push_back(seen);
    std::printf("%4lld s: %8ld KiB, %5zu descriptors, %7zu visits, %zu failures\n",
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::seconds>(passed + interval).count()),
                seen.now.resident_kib, seen.now.descriptors, seen.visits, seen.failures);
    std::fflush(stdout);
  }
  io.stop();
  return judge(samples) && samples.back().failures == 0;
}

}  // namespace innkeeper::floods
