#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/durable/messages.hpp"
#include "actors/sockets/socket_object.hpp"
#include "memory/connection_memory.hpp"
#include "proto/token_buckets.hpp"
#include "transport/gateway/broadcast_batch.hpp"
#include "transport/gateway/gateway_host.hpp"
#include "transport/gateway/metrics.hpp"
#include "transport/gateway/object_connections.hpp"
#include "transport/gateway/pending_requests.hpp"
#include "transport/gateway/ping_rounds.hpp"
#include "transport/limits/connection_limits.hpp"
#include "transport/loop/steady_ms.hpp"
#include "transport/websocket/client_connection.hpp"

/// Maps the connections of one loop to its objects by message passing: what clients say goes to the
/// directory, what objects say goes to the clients that it concerns when it leaves. It keeps the
/// connections while their object sleeps. Plain data, no actor: `gateway_actor` tells it what
/// happens. On the home loop.
namespace innkeeper::transport {

/// A connection wants in. It will be accepted or refused.
struct client_arrived {
  sockets::connection_id id = 0;
  std::shared_ptr<client_connection> client;
  durable::address_ptr object;
  sockets::facts_ptr facts;
  sockets::handshake_ptr asked;
};

/// An HTTP request for an object.
struct request_arrived {
  durable::address_ptr object;
  /// Its id and members are the gateway's to fill in.
  sockets::request what;
  answer_callback answered;
};

struct gateway_options {
  metrics& watched;
  /// Milliseconds since 1970-01-01 UTC. Asked for each message: has to be cheap.
  std::function<std::int64_t()> wall_clock_ms;
  /// How often an object hears that a silent connection is still there.
  std::int64_t report_interval_ms = std::int64_t{24} * 3600 * 1000;
  connection_limits limits{};
  /// By a clock that only goes forward. Has to be as cheap.
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

class gateway {
 public:
  /// The host outlives it.
  gateway(gateway_host& host, gateway_options options);

  /// Told once, before anything else: messages for objects go there.
  void use_directory(durable::object_router& directory) { directory_ = &directory; }

  /// What a client has said.
  struct spoken {
    sockets::connection_id from = 0;
    std::string_view payload;
    bool binary = false;
  };

  /// Called by the client's session, for there is nothing to wait for. False if the client asks to
  /// be closed.
  bool call_received(const spoken& what);
  /// Likewise when something other than a message has come (a ping, a pong).
  void call_sign_of_life(sockets::connection_id from);

  void arrived(client_arrived& who);
  void left(sockets::connection_id id);
  void asked(request_arrived& request);

  void perform_all(std::vector<durable::object_outputs> said_by_objects);
  void change_back_pressure(const durable::back_pressure_change& news);

  void timer_rang(gateway_timer which);
  /// What has gathered during a turn leaves.
  void turn_ended();

  /// Finishes what is under way, then closes all connections with 1001 and calls `done`.
  void begin_shut_down(std::function<void()> done);
  /// All objects have ended.
  void close_everything();
  /// At once and without a word.
  void end();

 private:
  std::int64_t now_ms() const { return options_.wall_clock_ms(); }
  /// What counts how long ago something was: the wall clock may be set back.
  std::int64_t steady_now_ms() const { return steady_ms(options_.now()); }
  /// Whether what all say to the object leaves a place for this.
  bool may_speak(object_connections& in, const connection& who);
  /// The object as a whole is told too much.
  void refuse_to_hear(object_connections& in, connection& who);
  void report(health::reason what, const std::string& detail) const;

  void perform_outputs(durable::object_outputs& said_by_object);
  void perform(object_connections& in, sockets::accept& output);
  void perform(object_connections& in, sockets::refuse& output);
  void perform(object_connections& in, sockets::send& output);
  void perform(object_connections& in, sockets::send_to_role& output);
  void perform(object_connections& in, sockets::send_to_all& output);
  void perform(object_connections& in, sockets::publish& output);
  void perform(object_connections& in, sockets::subscribe& output);
  void perform(object_connections& in, sockets::unsubscribe& output);
  void perform(object_connections& in, sockets::set_role& output);
  void perform(object_connections& in, sockets::close& output);
  void perform(object_connections& in, sockets::close_all& output);
  void perform(object_connections& in, sockets::answer& output);

  void deliver(connection& to, const proto::frame& frame, std::size_t count = 1);
  /// Tells what is in the batch.
  void hand_out();
  void count_frames();
  void tell(object_connections& in, durable::object_message message);
  void tell_event(object_connections& in, sockets::socket_event what);
  void hang_up(object_connections& in, connection& who, std::uint16_t code,
               const std::string& reason, const std::string& refusal);
  /// Forgets the connection and tells the object.
  void forget(object_connections& in, sockets::connection_id id);
  object_connections& connections_of(const durable::address_ptr& object);
  void drop_if_empty(const durable::object_address& object);

  void schedule_ping(object_connections& in, sockets::connection_id id);
  void ping_due_connections();
  void report_if_due(object_connections& in, connection& who);
  void arm_ping_timer();
  void give_up_overdue_requests();
  void arm_answer_timer();

  void end_shut_down_if_done();

  /// Found by its kind and name. Set elements are const; `in` is mutable because only the address
  /// takes part in the hash, and its kind and name never change.
  struct known_object {
    explicit known_object(const durable::address_ptr& address) : in(address) {}

    mutable object_connections in;
  };
  /// By what an object is found among all.
  static const durable::object_address& address_of(const durable::object_address& address) {
    return address;
  }
  static const durable::object_address& address_of(const known_object& of) {
    return *of.in.address();
  }
  struct hash_of_object {
    using is_transparent = void;
    std::size_t operator()(const auto& object) const {
      return durable::object_address_hash()(address_of(object));
    }
  };
  struct same_object {
    using is_transparent = void;
    bool operator()(const auto& left, const auto& right) const {
      const auto& a = address_of(left);
      const auto& b = address_of(right);
      return &a == &b || a == b;  // mostly it is the very one
    }
  };

  /// Where a connection is.
  struct place {
    object_connections* in;
    connection* who;
  };

  std::vector<place> take_due_pings();

  gateway_host& host_;
  gateway_options options_;
  durable::object_router* directory_ = nullptr;
  /// With their names in them, not beside them: there may be very many.
  std::unordered_set<known_object, hash_of_object, same_object,
                     memory::connection_allocator<known_object>>
      objects_;
  std::unordered_map<sockets::connection_id, place, std::hash<sockets::connection_id>,
                     std::equal_to<>,
                     memory::connection_allocator<std::pair<const sockets::connection_id, place>>>
      places_;
  pending_requests requests_;
  bool answer_timer_armed_ = false;
  ping_rounds pings_;
  bool ping_timer_armed_ = false;

  /// What each address takes of each object that is being talked to very much.
  proto::token_buckets shares_;
  broadcast_batch batch_;
  std::size_t frames_sent_ = 0;

  /// Set while the process stops: nobody is listened to any more.
  std::function<void()> on_shut_down_;
  bool stopping_ = false;
  /// Nothing is under way any more: all objects have ended.
  bool drained_ = false;
};

}  // namespace innkeeper::transport
