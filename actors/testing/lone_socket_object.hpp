#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/sockets/socket_object.hpp"
#include "actors/testing/lone_object.hpp"

/// A lone object with clients, for tests of kinds that use WebSockets.
namespace innkeeper::testing {

class lone_socket_object {
 public:
  using client = sockets::connection_id;

  explicit lone_socket_object(std::shared_ptr<const sockets::socket_kind> kind,
                              std::string name = "test");

  /// Connects a new client. is_connected() returns whether the object accepted it. An empty session
  /// gives it a session of its own.
  client connect(sockets::handshake asked_by = {}, std::string session = {});
  void say(client who, const std::string& text);
  void say_binary(client who, const std::string& bytes);
  void leave(client who);

  /// Sends an HTTP request. Returns the object's answer if it answers at once.
  std::optional<sockets::response> ask(std::string method, std::string path = {},
                                       std::string body = {});

  /// The payloads that the client has received since the last call, text and binary.
  std::vector<std::string> heard(client who);
  bool is_connected(client who) const;
  /// The code with which the object closed the connection, or the HTTP status of its refusal.
  /// Nothing if it did neither.
  std::optional<unsigned> end_of(client who) const;

  /// See lone_object.
  void let_pass(std::chrono::milliseconds duration);
  /// The object hibernates; sockets stay open.
  void sleep() { object_.sleep(); }
  /// As after kill -9; all clients are disconnected.
  void restart();
  bool is_awake() const { return object_.is_awake(); }
  durable::turn now() const { return object_.now(); }
  void disk_is_full(bool full) { object_.disk_is_full = full; }
  void rows_come_late(bool late) { object_.rows_come_late = late; }

 private:
  struct socket {
    enum class state { asking, open, gone } now = state::asking;
    sockets::facts_ptr facts{};
    proto::role role = proto::role::user;
    std::vector<std::string> heard{};
    std::optional<unsigned> end{};
  };

  void say(client who, const std::string& payload, bool binary);
  void perform(const lone_object::outputs& said);
  void perform(const sockets::accept& output);
  void perform(const sockets::refuse& output);
  void perform(const sockets::send& output);
  void perform(const sockets::send_to_role& output);
  void perform(const sockets::send_to_all& output);
  void perform(const sockets::publish& output);
  void perform(const sockets::subscribe& output);
  void perform(const sockets::unsubscribe& output);
  void perform(const sockets::set_role& output);
  void perform(const sockets::close& output);
  void perform(const sockets::close_all& output);
  void perform(const sockets::answer& output);
  bool is_last_of_session(client who) const;
  /// Disconnects the client and notifies the object.
  void end(client who, std::optional<unsigned> code);

  const std::shared_ptr<const sockets::socket_kind> kind_;
  lone_object object_;
  std::map<client, socket> sockets_;
  /// By session.
  std::map<std::string, sockets::subscriptions> topics_;
  std::map<sockets::request_id, sockets::response> answers_;
  sockets::request_id last_request_ = 0;
  client last_ = 0;
};

}  // namespace innkeeper::testing
