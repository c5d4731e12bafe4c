#pragma once

#include <memory>
#include <string>

#include "actors/durable/home_handle.hpp"
#include "actors/sockets/socket_message.hpp"
#include "transport/websocket/counterpart.hpp"

/// An object, to one of its clients: what the client says goes to it through the gateway of its
/// loop. On the object's loop.
namespace innkeeper::transport {

class gateway;

class gateway_counterpart final : public counterpart {
 public:
  struct origin {
    sockets::connection_id id = 0;
    durable::address_ptr object;
    sockets::facts_ptr facts;
    /// Null: the object does not ask for it.
    sockets::handshake_ptr asked;
    /// Fields of the answer to the upgrade.
    sockets::pairs answer_fields;
    /// Bytes of one message; 0: no limit.
    std::size_t message_bytes_max = 0;
  };

  gateway_counterpart(durable::home_handle<gateway> its_gateway, origin from);

  void arrived(std::shared_ptr<client_connection> client) override;
  bool heard(bool binary, std::string_view payload) override;
  void alive() override;
  void left() override;
  void add_to(boost::beast::http::fields& answer) override;
  std::size_t message_bytes_max() const override { return message_bytes_max_; }
  bool is_rate_limited() const override { return is_rate_limited_; }

 private:
  durable::home_handle<gateway> gateway_;
  sockets::connection_id id_;
  /// Null once the upgrade is answered.
  std::unique_ptr<origin> arriving_;
  std::size_t message_bytes_max_;
  bool is_rate_limited_;
};

}  // namespace innkeeper::transport
