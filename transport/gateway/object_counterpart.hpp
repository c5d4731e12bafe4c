#pragma once

#include <caf/actor.hpp>
#include <cstddef>

#include "actors/durable/durable_object.hpp"
#include "actors/sockets/socket_message.hpp"
#include "transport/websocket/counterpart.hpp"

/// A durable object of any kind that takes sockets, to one of its clients: messages go to it as
/// they are, through the object gateway of its loop. On the object's loop.
namespace innkeeper::transport {

class object_counterpart final : public counterpart {
 public:
  struct origin {
    sockets::connection_id id = 0;
    durable::address_ptr object;
    sockets::facts_ptr facts;
    std::size_t message_bytes_max = 0;
  };

  object_counterpart(caf::actor gateway, origin from);

  void arrived(std::shared_ptr<client_connection> client) override;
  bool heard(bool binary, std::string_view payload) override;
  void alive() override {}
  void left() override;
  void add_to(boost::beast::http::fields&) override {}
  std::size_t message_bytes_max() const override { return from_.message_bytes_max; }
  bool is_rate_limited() const override;

 private:
  caf::actor gateway_;
  origin from_;
};

}  // namespace innkeeper::transport
