#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "proto/frame.hpp"
#include "proto/role.hpp"

/// A client's connection, as the gateway uses it. On the loop's thread.
namespace innkeeper::transport {

class client_connection {
 public:
  /// The largest connection, in bytes. So much is prefetched before a frame is delivered.
  static constexpr std::size_t memory_max = 256;

  virtual ~client_connection() = default;

  /// The object accepts the client: answers the upgrade. Frames delivered from now on follow that
  /// answer. Has no effect once the client has been refused, or has waited for too long.
  virtual void accept() = 0;
  /// The object does not accept the client: answers with this HTTP status.
  virtual void refuse(unsigned int status, const std::string& sentence) = 0;
  /// What the client sends from now on stays in its socket until resume_reading. Messages that have
  /// been read already still arrive.
  virtual void pause_reading() {}
  virtual void resume_reading() {}
  virtual void deliver(const proto::frame& frame) = 0;
  /// A frame will be delivered soon, and this object is in the cache: prefetches what it points to.
  virtual void prefetch_outbox() const {}
  /// The client's role in the object has changed.
  virtual void role_changed(proto::role /*now*/) {}
  /// Sends what is waiting, then the close frame with this code (RFC 6455 section 7.4). The first
  /// call counts.
  virtual void close(std::uint16_t code, const std::string& reason) = 0;
};

}  // namespace innkeeper::transport
