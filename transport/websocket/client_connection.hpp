#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "proto/frame.hpp"
#include "proto/role.hpp"

/// A client's connection as the gateway sees it. On the loop's thread.
namespace innkeeper::transport {

class client_connection {
 public:
  /// None takes more memory: so much is fetched ahead of what it is to be sent.
  static constexpr std::size_t memory_max = 320;

  virtual ~client_connection() = default;

  /// The room lets it in: answers the upgrade. Frames given from now on follow that answer.
  virtual void accept() = 0;
  /// The room does not: answers with this HTTP status.
  virtual void refuse(unsigned int status, const std::string& sentence) = 0;
  /// What the client sends from now on stays in its socket until resume_reading. What has been read
  /// already is heard.
  virtual void pause_reading() {}
  virtual void resume_reading() {}
  virtual void deliver(const proto::frame& frame) = 0;
  /// It is in the cache, and will be given something soon: fetches ahead what that goes through.
  virtual void prefetch_outbox() const {}
  /// What it may do has changed.
  virtual void role_changed(proto::role /*now*/) {}
  /// Sends what is waiting, then the close frame with this code (RFC 6455 section 7.4).
  virtual void close(std::uint16_t code, const std::string& reason) = 0;
};

}  // namespace innkeeper::transport
