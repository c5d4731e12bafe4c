#pragma once

#include <caf/actor.hpp>
#include <memory>
#include <string>

#include "actors/durable/prefetch_hints.hpp"
#include "actors/room/room_message.hpp"
#include "proto/limits.hpp"
#include "transport/websocket/counterpart.hpp"

/// A room, to one of its clients: messages are parsed here, and go to the room through the gateway
/// of its loop. On the room's loop.
namespace innkeeper::transport {

class room_counterpart final : public counterpart {
 public:
  struct origin {
    room::connection_id id = 0;
    std::string room;
    std::string object_id;
    room::facts_ptr facts;
    /// The value of Set-Cookie; empty: none is set.
    std::string cookie;
    std::shared_ptr<const proto::limits> bounds;
  };

  room_counterpart(caf::actor gateway, origin from);

  void arrived(std::shared_ptr<client_connection> client) override;
  bool heard(bool binary, std::string_view payload) override;
  void alive() override;
  void left() override;
  void prefetch_hinted() const override { hints_.prefetch(); }
  void add_to(boost::beast::http::fields& answer) override;
  std::size_t message_bytes_max() const override;

 private:
  caf::actor gateway_;
  room::connection_id id_;
  std::shared_ptr<const proto::limits> bounds_;
  durable::prefetch_hints hints_;
  /// Null once the upgrade is answered.
  std::unique_ptr<origin> arriving_;
};

}  // namespace innkeeper::transport
