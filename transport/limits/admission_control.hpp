#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "proto/limits.hpp"
#include "proto/token_buckets.hpp"

/// How many sockets there are, in all and of each client's network, and how fast new ones, HTTP
/// requests and messages come from each. One for the whole server: any thread.
namespace innkeeper::transport {

class admission_control;

/// What one socket takes up, given back when this ends.
class connection_slot {
 public:
  connection_slot() = default;
  connection_slot(connection_slot&& other) noexcept
      : of_(std::exchange(other.of_, nullptr)),
        counted_(std::exchange(other.counted_, false)),
        network_(std::exchange(other.network_, 0)) {}
  connection_slot& operator=(connection_slot&& other) noexcept;
  ~connection_slot();

  /// The client's network, as network_of() gives it; 0 if it is not known.
  std::uint64_t network() const { return network_; }
  /// Whether its network may send so much more; then it counts. Time as for enter_as().
  bool may_send(std::int64_t now_ms, std::size_t messages, std::size_t bytes) const;

 private:
  friend class admission_control;

  std::shared_ptr<admission_control> of_;
  bool counted_ = false;
  /// 0: none, as no client has it.
  std::uint64_t network_ = 0;
};

class admission_control : public std::enable_shared_from_this<admission_control> {
 public:
  enum class refusal { server_full, too_many_of_address, too_fast };

  /// A socket that was refused and is let in nevertheless, to ask how the server is: a monitor has
  /// to be answered however many come from its address. What it takes up is given back when this
  /// ends.
  class probation {
   public:
    probation() = default;
    probation(probation&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), network_(other.network_) {}
    probation& operator=(probation&& other) noexcept;
    ~probation();

   private:
    friend class admission_control;

    std::shared_ptr<admission_control> of_;
    std::uint64_t network_ = 0;
  };

  /// At most `sockets_max` in all; 0: no limit.
  admission_control(const proto::limits& bounds, std::size_t sockets_max);

  /// A socket has come.
  std::optional<refusal> enter(connection_slot& socket);
  /// It is known whose it is: at once, or, behind a proxy, when its request says so; the last word
  /// counts. Time in milliseconds from any beginning.
  std::optional<refusal> enter_as(std::uint64_t network, std::int64_t now_ms,
                                  connection_slot& socket);
  /// Whether a refused socket of this network may ask how the server is.
  bool enter_on_probation(std::uint64_t network, std::int64_t now_ms, probation& socket);
  /// Whether such a question, on whatever connection, is answered; then it counts.
  bool may_ask_for_health(std::uint64_t network, std::int64_t now_ms);
  /// Whether an HTTP request of this network is answered; then it counts.
  bool may_ask(std::uint64_t network, std::int64_t now_ms);
  /// Whether an answer that counts as so many requests more is given; it counts in any case.
  bool may_get(std::uint64_t network, std::int64_t now_ms, std::size_t requests);

 private:
  friend class connection_slot;

  bool may_send(std::uint64_t network, std::int64_t now_ms, std::size_t messages,
                std::size_t bytes);
  void leave(const connection_slot& socket);
  void leave_network(std::uint64_t network);
  void end_probation(std::uint64_t network);

  std::size_t sockets_max_;
  std::size_t of_network_max_;
  std::mutex mutex_;
  std::size_t sockets_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> of_network_;
  std::size_t on_probation_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> of_network_on_probation_;
  proto::token_buckets arrivals_;
  proto::token_buckets requests_;
  proto::token_buckets probations_;
  proto::token_buckets health_requests_;
  proto::token_buckets messages_;
  proto::token_buckets bytes_;
};

}  // namespace innkeeper::transport
