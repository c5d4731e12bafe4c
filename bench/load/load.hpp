#pragma once

#include <cstddef>
#include <cstdint>

/// What a swarm of connections is used for: it is told what happens and answers by sending.
namespace innkeeper::bench {

class load {
 public:
  load() = default;
  load(const load&) = delete;
  load& operator=(const load&) = delete;
  virtual ~load() = default;

  /// The connection is ready to be used.
  virtual void opened(std::size_t /*connection*/, std::int64_t /*now*/) {}
  /// Whether `received` has to be told when each has come. If not it is told when the turn's
  /// reading began, and the client, which may be as busy as its server, need not look at the clock
  /// for each.
  virtual bool times_each() const { return true; }
  /// So many frames that count have come.
  virtual void received(std::size_t connection, std::size_t frames, std::int64_t now) = 0;
  /// All that was ready has been read: the place to send, so that messages leave together.
  virtual void turn_ended(std::int64_t now) = 0;
  virtual bool finished(std::int64_t now) const = 0;
  /// How long to wait for the next event, in ms; 0 looks again at once.
  virtual int patience_ms() const { return 100; }
};

}  // namespace innkeeper::bench
