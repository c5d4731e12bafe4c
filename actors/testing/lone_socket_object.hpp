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

/// A lone object with clients, for tests of a kind that WebSockets reach.
namespace innkeeper::testing {

class lone_socket_object {
 public:
  using client = sockets::connection_id;

  explicit lone_socket_object(std::shared_ptr<const sockets::socket_kind> kind,
                              std::string name = "test");

  /// A new client knocks. Whether it is let in says is_connected.
  client connect(sockets::socket_facts asked_by = {});
  void say(client who, std::string text);
  void say_binary(client who, std::string bytes);
  void leave(client who);

  /// What the client has been sent since the last call, text and binary.
  std::vector<std::string> heard(client who);
  bool is_connected(client who) const;
  /// The code with which the object closed the connection, or the HTTP status by which it refused
  /// it; nothing if it did not.
  std::optional<unsigned> end_of(client who) const;

  /// As lone_object has it.
  void let_pass(std::chrono::milliseconds duration);
  /// Sockets stay open.
  void sleep() { object_.sleep(); }
  /// All clients are gone.
  void restart();
  bool is_awake() const { return object_.is_awake(); }
  durable::turn now() const { return object_.now(); }
  void disk_is_full(bool full) { object_.disk_is_full = full; }

 private:
  struct socket {
    enum class state { asking, open, gone } now = state::asking;
    std::vector<std::string> heard{};
    std::optional<unsigned> end{};
  };

  void tell(sockets::socket_message message);
  void say(client who, std::string payload, bool binary);
  void perform(const lone_object::outputs& said);
  void perform(const sockets::accept& output);
  void perform(const sockets::refuse& output);
  void perform(const sockets::send& output);
  void perform(const sockets::send_to_all& output);
  void perform(const sockets::close& output);
  void perform(const sockets::close_all& output);
  /// Tells the object.
  void end(client who, std::optional<unsigned> code);

  lone_object object_;
  std::map<client, socket> sockets_;
  client last_ = 0;
};

}  // namespace innkeeper::testing
