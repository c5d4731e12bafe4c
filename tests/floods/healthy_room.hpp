// Clients that behave, in a room of their own: one of them talks, all listen, and how long a word
// takes to arrive is what an attack on the server may not change.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "tests/floods/raw_client.hpp"

namespace innkeeper::floods {

struct latencies {
  std::size_t heard = 0;
  std::size_t missing = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

class healthy_room {
 public:
  /// Lets `listeners` clients in; returns when all are subscribed. Addresses 127.2.x.y.
  healthy_room(boost::asio::io_context& io, std::uint16_t port, const std::string& name,
               std::size_t listeners);
  ~healthy_room();

  healthy_room(const healthy_room&) = delete;
  healthy_room& operator=(const healthy_room&) = delete;

  /// Talks for so long, and says how the words arrived.
  latencies measure(std::chrono::milliseconds duration, std::size_t words_per_second = 50,
                    std::size_t word_bytes = 64);

 private:
  struct state;

  boost::asio::io_context& io_;
  std::shared_ptr<state> state_;
};

}  // namespace innkeeper::floods
