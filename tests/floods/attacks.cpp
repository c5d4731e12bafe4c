#include "tests/floods/attacks.hpp"

#include <array>
#include <chrono>
#include <random>
#include <utility>

#include <sched.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "tests/floods/raw_client.hpp"

namespace innkeeper::floods {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;

constexpr auto quietly = asio::as_tuple(use_awaitable);

/// The status of the answer, 0 if there was none.
awaitable<int> status_of_answer(tcp_socket& from) {
  std::string answer;
  auto [error, size] = co_await asio::async_read_until(from, asio::dynamic_buffer(answer, 16384),
                                                       "\r\n\r\n", asio::as_tuple(use_awaitable));
  constexpr std::size_t status_at = 9;  // behind "HTTP/1.1 "
  if (error || answer.size() < status_at + 3) co_return 0;
  co_return std::stoi(answer.substr(status_at, 3));
}

awaitable<void> open_and_leave(asio::ip::address_v4 source, std::size_t i, std::uint16_t port,
                               attack_counts& counts) {
  auto socket = co_await connect_from(source, port);
  const auto request = upgrade_request("flood" + std::to_string(i % 1000));
  co_await asio::async_write(socket, asio::buffer(request), use_awaitable);
  const auto status = co_await status_of_answer(socket);
  ++(status == 101 ? counts.let_in : counts.turned_away);
}

awaitable<void> open_from_one(std::size_t i, std::uint16_t port, attack_counts& counts) {
  co_await open_and_leave(loopback_address(10, 0), i, port, counts);
}

awaitable<void> open_from_many(std::size_t i, std::uint16_t port, attack_counts& counts) {
  co_await open_and_leave(loopback_address(11, static_cast<std::uint32_t>(i)), i, port, counts);
}

/// A header that never ends, one byte a second.
awaitable<void> dawdle(std::size_t i, std::uint16_t port, attack_counts& counts) {
  auto socket =
      co_await connect_from(loopback_address(12, static_cast<std::uint32_t>(i % 500)), port);
  asio::steady_timer clock(socket.get_executor());
  for (const char c : upgrade_request(std::string(200, 'a'))) {
    auto [error, size] = co_await asio::async_write(socket, asio::buffer(&c, 1), quietly);
    if (error) break;
    clock.expires_after(std::chrono::seconds(1));
    co_await clock.async_wait(use_awaitable);
  }
  ++counts.turned_away;
}

/// Writes as fast as the server reads, until it has had enough.
awaitable<void> pour(tcp_socket& into, const std::string& bytes, attack_counts& counts) {
  constexpr std::size_t drops_max = 20'000;
  for (std::size_t n = 0; n < drops_max; ++n) {
    auto [error, size] = co_await asio::async_write(into, asio::buffer(bytes), quietly);
    if (error) break;
    ++counts.let_in;
  }
  ++counts.turned_away;
}

std::string noise(std::size_t i) {
  std::mt19937_64 random(i);
  std::string bytes(16384, '\0');
  for (auto& c : bytes) c = static_cast<char>(random() & 0xFF);
  return bytes;
}

awaitable<void> pour_noise(std::size_t i, std::uint16_t port, attack_counts& counts) {
  auto socket = co_await connect_from(loopback_address(13, static_cast<std::uint32_t>(i)), port);
  co_await pour(socket, noise(i), counts);
}

/// What the server answers has to be read, or the attack would be a stalled reader instead.
awaitable<void> swallow(std::shared_ptr<tcp_socket> from) {
  std::array<char, 65536> bytes{};
  for (;;) {
    auto [error, size] = co_await from->async_read_some(asio::buffer(bytes), quietly);
    if (error) co_return;
  }
}

awaitable<void> pour_frames(std::size_t i, std::uint16_t port, attack_counts& counts,
                            std::string frame) {
  auto socket = std::make_shared<tcp_socket>(
      co_await connect_from(loopback_address(14, static_cast<std::uint32_t>(i)), port));
  const auto request = upgrade_request("junk");
  co_await asio::async_write(*socket, asio::buffer(request), use_awaitable);
  if (co_await status_of_answer(*socket) == 101) {
    asio::co_spawn(socket->get_executor(), swallow(socket), asio::detached);
    std::string frames;
    while (frames.size() < 16384) frames += frame;
    co_await pour(*socket, frames, counts);
  }
  boost::system::error_code ignored;
  static_cast<void>(socket->close(ignored));
}

awaitable<void> pour_nonsense(std::size_t i, std::uint16_t port, attack_counts& counts) {
  co_await pour_frames(i, port, counts, text_frame(R"({"type":"chat","data":[[[[[)"));
}

awaitable<void> pour_chat(std::size_t i, std::uint16_t port, attack_counts& counts) {
  co_await pour_frames(i, port, counts, text_frame(R"({"type":"chat","data":"hello"})"));
}

awaitable<void> pour_counts(std::size_t i, std::uint16_t port, attack_counts& counts) {
  co_await pour_frames(i, port, counts,
                       text_frame(R"({"type":"counter","data":{"id":"c","value":1}})"));
}

/// Asks for a room's state again and again and never reads an answer.
awaitable<void> never_read(std::size_t i, std::uint16_t port, attack_counts& counts) {
  auto client =
      co_await enter(loopback_address(15, static_cast<std::uint32_t>(i / 100)), port, "healthy");
  co_await say(client, R"({"type":"subscribe","data":"chat"})");
  ++counts.let_in;
  asio::steady_timer forever(client.get_executor(), std::chrono::hours(1));
  co_await forever.async_wait(use_awaitable);
}

/// An attacker's work is done on machines of its own: here it takes what the others leave, and
/// stops as soon as one of them has something to do.
void yield_to_others() {
  const sched_param none{};
  static_cast<void>(sched_setscheduler(0, SCHED_IDLE, &none));  // sched(7): of this thread
}

}  // namespace

const std::vector<attack_kind>& attack_kinds() {
  static const std::vector<attack_kind> kinds{
      {"opens-one", "100,000 handshakes from one address", 200, 100'000, open_from_one},
      {"opens-many", "100,000 handshakes from 62,500 addresses", 200, 100'000, open_from_many},
      {"slow", "5,000 handshakes of one byte a second", 5000, 0, dawdle},
      {"noise", "100 sockets of random bytes at line rate", 100, 0, pour_noise},
      {"nonsense", "100 WebSockets of broken JSON at line rate", 100, 0, pour_nonsense},
      {"chat", "100 WebSockets of chat at line rate", 100, 0, pour_chat},
      {"counts", "100 WebSockets of counting at line rate", 100, 0, pour_counts},
      {"stalled", "500 listeners of the healthy room that never read", 500, 500, never_read},
  };
  return kinds;
}

attack::attack(attack_kind kind, std::uint16_t port) : kind_(std::move(kind)), port_(port) {
  for (std::size_t i = 0; i < kind_.at_once; ++i) spawn_worker();
  thread_ = std::thread([this] {
    yield_to_others();
    io_.run();
    over_ = true;
  });
}

attack::~attack() {
  io_.stop();
  thread_.join();
}

void attack::spawn_worker() {
  asio::co_spawn(
      io_,
      [this]() -> awaitable<void> {
        asio::steady_timer pause(io_);
        while (kind_.in_all == 0 || next_ < kind_.in_all) {
          const auto i = next_++;
          ++counts_.tried;
          ++counts_.running;
          bool failed = false;
          try {
            co_await kind_.once(i, port_, counts_);
          } catch (const std::exception&) {
            failed = true;
          }
          --counts_.running;
          if (!failed) continue;
          ++counts_.turned_away;
          pause.expires_after(std::chrono::milliseconds(10));  // as a real attacker would, at least
          co_await pause.async_wait(use_awaitable);
        }
      },
      asio::detached);
}

}  // namespace innkeeper::floods
