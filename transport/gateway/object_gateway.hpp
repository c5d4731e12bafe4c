#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>

#include "actors/durable/home_actor.hpp"
#include "actors/durable/messages.hpp"
#include "actors/sockets/socket_message.hpp"
#include "proto/frame.hpp"
#include "transport/gateway/gateway.hpp"
#include "transport/gateway/metrics.hpp"
#include "transport/websocket/client_connection.hpp"

/// Maps the connections of one loop to its objects of all kinds but rooms: what clients say goes to
/// the directory, what objects say goes to those whom it concerns at the moment when it leaves. It
/// keeps the connections while their object sleeps. An actor on its home loop.
namespace innkeeper::transport {

/// A connection wants in. It will be accepted or refused.
struct object_client_arrived {
  std::shared_ptr<client_connection> client;
  durable::address_ptr object;
  sockets::socket_opened opened;
};

class object_gateway final : public durable::home_actor {
 public:
  object_gateway(caf::actor_config& config, caf::execution_unit* home, metrics& watched);

  /// What a client has said: called by its session, on the gateway's loop.
  static void hear(const caf::actor& gateway, sockets::socket_said what);

  caf::behavior make_behavior() override;
  const char* name() const override { return "object_gateway"; }
  void on_exit() override;

 private:
  struct member {
    std::shared_ptr<client_connection> client;
    /// False until the object has let it in: until then it gets nothing.
    bool accepted = false;
  };

  struct object_connections {
    durable::cached_route route_there;
    std::unordered_map<sockets::connection_id, member> members;
    /// Why the members are not read at the moment.
    std::set<durable::back_pressure_source> congested_at;
  };

  void arrived(object_client_arrived& who);
  void heard(sockets::socket_said what);
  void perform(durable::object_outputs& said_by_object);
  void perform(const durable::back_pressure_change& news);
  void perform(object_connections& in, const sockets::accept& output);
  void perform(object_connections& in, const sockets::refuse& output);
  void perform(object_connections& in, const sockets::send& output);
  void perform(object_connections& in, const sockets::send_to_all& output);
  void perform(object_connections& in, const sockets::close& output);
  void perform(object_connections& in, const sockets::close_all& output);

  object_connections& connections_of(const durable::address_ptr& object);
  void drop_if_empty(const durable::address_ptr& object);
  void deliver(member& to, const proto::frame& frame);
  void hang_up(object_connections& in, sockets::connection_id id, std::uint16_t code,
               const std::string& reason);
  void tell(durable::cached_route& object, sockets::socket_message message);
  /// Forgets the connection, and tells its object.
  void forget(sockets::connection_id id);

  void begin_shut_down(shut_down& asked);
  void close_everything();
  void end_shut_down_if_done();

  metrics& watched_;
  caf::actor directory_;
  durable::route_call route_;
  std::shared_ptr<durable::home_batch_mailbox<durable::object_outputs>> outputs_;
  std::unordered_map<durable::object_address, object_connections, durable::object_address_hash>
      objects_;
  std::unordered_map<sockets::connection_id, object_connections*> object_of_;
  /// Set while the process stops: nobody is listened to any more.
  std::function<void()> on_shut_down_;
  bool stopping_ = false;
  /// Nothing is under way any more: all objects have ended.
  bool drained_ = false;
};

}  // namespace innkeeper::transport

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::object_client_arrived)
