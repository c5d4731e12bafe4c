#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/histogram.hpp"
#include "bench/load/load.hpp"
#include "bench/load/swarm.hpp"

/// Messages that each go to everybody in a room. The first connection of each room speaks; a
/// message is in flight until the last of the room has it. One thread.
namespace innkeeper::bench {

/// What both ways of sending share: which message has reached how many.
class fanout_load : public load {
 public:
  /// A room's messages under way at most.
  static constexpr std::size_t in_flight_max = 512;

  std::uint64_t deliveries() const { return deliveries_; }

 protected:
  fanout_load(swarm& through, std::size_t delivered_bytes);

  /// `count` messages of one room, in one write. `at` is when they should have left.
  void say(std::size_t room, std::size_t count, std::int64_t at);

  struct room_state {
    std::string message;
    std::uint64_t said = 0;
    std::uint64_t completed = 0;
    bool touched = false;
  };

  struct message_state {
    std::uint32_t missing = 0;
    std::int64_t said_at = 0;
  };

  message_state& message(std::size_t room, std::uint64_t number) {
    return messages_[room * in_flight_max + number % in_flight_max];
  }

  swarm& swarm_;
  std::vector<room_state> rooms_;
  /// Rooms with completed messages since the turn began.
  std::vector<std::size_t> touched_;
  /// Frames that each connection has got.
  std::vector<std::uint64_t> got_;
  std::uint64_t deliveries_ = 0;

  /// Counts; gives the number of the connection's first new message.
  std::uint64_t count(std::size_t connection, std::size_t frames);

 private:
  std::vector<message_state> messages_;
  std::string burst_;
};

/// Keeps `in_flight` messages under way in each room: the top rate.
class steady_fanout final : public fanout_load {
 public:
  steady_fanout(swarm& through, std::size_t bytes, std::size_t in_flight, double seconds);

  bool times_each() const override { return false; }
  void received(std::size_t connection, std::size_t frames, std::int64_t now) override;
  void turn_ended(std::int64_t now) override;
  bool finished(std::int64_t now) const override;

  /// Deliveries per second while it was measured.
  double rate() const;

 private:
  void mark(std::int64_t now);

  std::size_t in_flight_;
  std::int64_t measured_from_;
  std::int64_t measured_ns_;
  std::uint64_t first_ = 0;
  std::int64_t first_at_ = 0;
  std::uint64_t last_ = 0;
  std::int64_t last_at_ = 0;
  bool begun_ = false;
  bool ended_ = false;
};

/// Says `rate` messages a second, however long their deliveries take; latency counts from the
/// moment at which a message should have left, so that a stalled server does not hide its stall.
class paced_fanout final : public fanout_load {
 public:
  paced_fanout(swarm& through, std::size_t bytes, double rate, double seconds);

  void received(std::size_t connection, std::size_t frames, std::int64_t now) override;
  void turn_ended(std::int64_t now) override;
  bool finished(std::int64_t now) const override;
  int patience_ms() const override { return 0; }

  const histogram& latency() const { return latency_; }

 private:
  std::int64_t interval_ns_;
  std::int64_t next_at_;
  std::int64_t measured_from_;
  std::int64_t until_;
  std::size_t next_room_ = 0;
  histogram latency_;
};

}  // namespace innkeeper::bench
