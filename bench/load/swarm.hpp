#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/dialect.hpp"
#include "bench/load/frame_reader.hpp"
#include "bench/load/load.hpp"

/// Many connections to one server under one epoll. Made to cost little: one large read per ready
/// socket, edge triggered, frames counted in place. One thread. Whatever goes wrong is a
/// std::runtime_error with a sentence: a benchmark with failures in it measures nothing.
namespace innkeeper::bench {

struct swarm_options {
  dialect speaks = dialect::rooms;
  std::uint16_t port = 0;
  std::size_t rooms = 1;
  std::size_t per_room = 1;
  /// The channel that every connection of the rooms dialect subscribes to; empty: none.
  std::string subscribe;
  std::string room_prefix = "room";
  /// Connections that may be on their way at once.
  std::size_t opening_max = 64;
};

class swarm {
 public:
  explicit swarm(swarm_options options);
  swarm(const swarm&) = delete;
  swarm& operator=(const swarm&) = delete;
  ~swarm();

  std::size_t size() const { return connections_.size(); }
  const swarm_options& options() const { return options_; }

  /// Opens all connections and returns when each is ready.
  void open_all();
  /// Until the load is finished.
  void run(load& used_for);
  /// Answers protocol pings until there is something to read from `descriptor`.
  void idle_until_readable(int descriptor);

  void send(std::size_t index, std::string_view bytes);
  /// Begins to open a connection that is closed.
  void open(std::size_t index);
  /// At once, by a reset, so that the port is free again.
  void close(std::size_t index);

  /// The number that the server has given to this connection's session; of the rooms dialect.
  const std::string& suffix(std::size_t index) const { return connections_[index].suffix; }

 private:
  enum class phase : std::uint8_t { closed, connecting, upgrading, greeting, subscribing, ready };

  struct connection {
    int descriptor = -1;
    phase is = phase::closed;
    frame_reader frames;
    /// The handshake's answer as far as it has come.
    std::string head;
    std::string suffix;
  };

  void look(load& used_for, int timeout_ms);
  void happened(std::size_t index, std::uint32_t events, load& used_for);
  void readable(std::size_t index, load& used_for);
  void connected(std::size_t index, load& used_for);
  void become_ready(std::size_t index, load& used_for);
  std::size_t count_frames(std::size_t index, std::string_view bytes, load& used_for);
  /// Reads the handshake's answer; gives what came behind it.
  std::string_view take_head(connection& who, std::string_view bytes);
  bool counts(std::size_t index, const received_frame& frame);
  void greeted(std::size_t index, const received_frame& frame, load& used_for);
  std::string room_of(std::size_t index) const;

  swarm_options options_;
  int epoll_ = -1;
  std::vector<connection> connections_;
  std::vector<char> buffer_;
  std::int64_t heard_ns_ = 0;
  /// When what is being read was found to be there.
  std::int64_t looked_ns_ = 0;
  bool input_ready_ = false;
};

}  // namespace innkeeper::bench
