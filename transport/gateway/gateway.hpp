#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "actors/durable/batch_mailbox.hpp"
#include "actors/durable/home_actor.hpp"
#include "actors/durable/messages.hpp"
#include "actors/room/room_message.hpp"
#include "memory/connection_memory.hpp"
#include "proto/client_message.hpp"
#include "proto/token_buckets.hpp"
#include "transport/gateway/broadcast_batch.hpp"
#include "transport/gateway/metrics.hpp"
#include "transport/gateway/room_connections.hpp"
#include "transport/limits/connection_limits.hpp"
#include "transport/loop/steady_ms.hpp"
#include "transport/websocket/client_connection.hpp"

/// Maps the connections of one loop to its rooms by message passing: what clients say goes to the
/// directory, what rooms say goes to those whom it concerns at the moment when it leaves. An actor
/// on its home loop.
namespace innkeeper::transport {

/// A connection wants into a room. It will be accepted or refused.
struct client_arrived {
  room::connection_id id = 0;
  std::shared_ptr<client_connection> client;
  std::string room;
  room::facts_ptr facts;
};

struct client_said {
  room::connection_id id = 0;
  std::variant<proto::protocol_error, proto::client_message> message;

  /// Nothing more is heard from whoever says this, so that it may not be refused.
  bool asks_to_close() const;
};

struct client_left {
  room::connection_id id = 0;
};

/// Gets the answer's JSON, or nothing if the room cannot answer; called on the gateway's loop.
using json_callback = std::function<void(std::optional<std::string>)>;

struct details_wanted {
  std::string room;
  json_callback answer;
};

struct users_wanted {
  std::string room;
  json_callback answer;
};

/// Answered "true" or "false".
struct session_wanted {
  std::string room;
  std::string session;
  json_callback answer;
};

/// Finish what is under way, then close all connections with 1001 and call `done`.
struct shut_down {
  std::function<void()> done;
};

/// Gateway to itself.
struct ping_due {};
struct shut_down_overdue {};

struct gateway_options {
  caf::execution_unit* home = nullptr;
  metrics& watched;
  /// Outlives the gateway.
  const durable::object_kind& rooms;
  /// Milliseconds since 1970-01-01 UTC. Asked for each message: has to be cheap.
  std::function<std::int64_t()> wall_clock_ms;
  /// How often a room hears that a silent connection is still there.
  std::int64_t report_interval_ms = std::int64_t{24} * 3600 * 1000;
  connection_limits limits{};
  /// By a clock that only goes forward. Has to be as cheap.
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

class gateway final : public durable::home_actor {
 public:
  gateway(caf::actor_config& config, gateway_options options);

  /// Told once, before anything else, where messages for rooms go, and where what rooms say comes.
  struct use_directory {
    caf::actor directory;
    durable::route_call route;
    std::shared_ptr<durable::home_batch_mailbox<durable::object_outputs>> outputs;
  };

  /// What a client has said: called by its session, on the gateway's loop, for there is nothing to
  /// wait for. `through` is told where that has led.
  static void hear(const caf::actor& gateway, client_said&& what, durable::prefetch_hints& through);

  /// Likewise when something other than a message has come (a ping, a pong).
  static void hear_sign_of_life(const caf::actor& gateway, room::connection_id from);

  caf::behavior make_behavior() override;
  const char* name() const override { return "gateway"; }
  void on_exit() override;

 private:
  using time_point = std::chrono::steady_clock::time_point;

  std::int64_t now_ms() const { return options_.wall_clock_ms(); }
  /// What counts how long ago something was: the wall clock may be set back.
  std::int64_t steady_now_ms() const { return steady_ms(options_.now()); }
  void arrived(client_arrived& who);
  void heard(client_said&& what, durable::prefetch_hints& through);
  void left(room::connection_id id);
  /// Whether what all say in the room leaves a place for this.
  bool may_speak(room_connections& in, const connection& who);
  void report(health::reason what, const std::string& detail);
  void ask_details(const details_wanted& wanted);
  void ask_users(const users_wanted& wanted);
  void ask_session(const session_wanted& wanted);

  void perform_all(std::vector<durable::object_outputs> said_by_rooms);
  void perform(durable::object_outputs& said_by_room);
  void perform(const durable::back_pressure_change& news);
  void perform(room_connections& in, room::admitted& output);
  void perform(room_connections& in, room::refused& output);
  void perform(room_connections& in, room::send_to& output);
  void perform(room_connections& in, room::send_to_admins& output);
  void perform(room_connections& in, room::send_to_all& output);
  void perform(room_connections& in, room::publish& output);
  void perform(room_connections& in, room::subscribed& output);
  void perform(room_connections& in, room::unsubscribed& output);
  void perform(room_connections& in, room::role_changed& output);
  void perform(room_connections& in, room::close_connection& output);
  void perform(room_connections& in, room::close_all& output);
  void perform(room_connections& in, room::details_answer& output);
  void perform(room_connections& in, room::users_answer& output);
  void perform(room_connections& in, room::no_answer& output);

  void turn_ended() override;

  void deliver(connection& to, const proto::frame& frame, std::size_t count = 1);
  /// Tells what is in the batch.
  void hand_out();
  void count_frames();
  template <class Message>
  void tell_room(room_connections& in, Message&& message,
                 durable::prefetch_hints* through = nullptr);
  void hang_up(room_connections& in, connection& who, std::uint16_t code,
               const std::string& reason);
  /// Forgets the connection and tells the room.
  void forget(room_connections& in, room::connection_id id);
  room_connections& room_named(const std::string& name);
  void drop_if_empty(const std::string& name);
  room::request_id remember(const std::string& room, json_callback answer);
  void answer(room::request_id request, std::optional<std::string> json);

  void schedule_ping(room::connection_id id);
  void ping_due_connections();
  void report_if_due(room_connections& in, connection& who);
  void arm_ping_timer();

  void begin_shut_down(shut_down& asked);
  void close_everything();
  void end_shut_down_if_done();

  /// Found by its name. A set takes its elements for unchangeable, of which only that is true: the
  /// address that it is known by may change, but never for one of another name.
  struct known_room {
    explicit known_room(const durable::address_ptr& address) : in(address) {}

    mutable room_connections in;
  };
  /// By what a room is found among all.
  static std::string_view name_of(std::string_view name) { return name; }
  static std::string_view name_of(const known_room& of) { return of.in.address()->name; }
  struct hash_of_room {
    using is_transparent = void;
    std::size_t operator()(const auto& room) const {
      return std::hash<std::string_view>()(name_of(room));
    }
  };
  struct same_room {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return name_of(a) == name_of(b); }
  };

  /// Where a connection is.
  struct place {
    room_connections* in;
    connection* who;
  };

  /// Those whose next ping is due together.
  struct ping_round {
    time_point due;
    /// One at least.
    std::vector<room::connection_id> whom;
    /// So many of them have had their turn.
    std::size_t taken = 0;
  };

  struct waiting_request {
    std::string room;
    json_callback answer;
  };

  std::vector<place> take_due_pings();

  gateway_options options_;
  caf::actor directory_;
  durable::route_call route_;
  std::shared_ptr<durable::home_batch_mailbox<durable::object_outputs>> outputs_;
  /// With their names in them, not beside them: there may be very many.
  std::unordered_set<known_room, hash_of_room, same_room, memory::connection_allocator<known_room>>
      rooms_;
  std::unordered_map<room::connection_id, place, std::hash<room::connection_id>, std::equal_to<>,
                     memory::connection_allocator<std::pair<const room::connection_id, place>>>
      places_;
  std::unordered_map<room::request_id, waiting_request> requests_;
  room::request_id last_request_ = 0;

  /// In the order in which they are due: all intervals are the same.
  std::deque<ping_round> pings_;
  bool ping_timer_armed_ = false;

  /// What each address takes of each room that is being talked in very much.
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

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::client_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::client_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::details_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::users_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::session_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::shut_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::ping_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::shut_down_overdue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::gateway::use_directory)
