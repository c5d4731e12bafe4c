#include "actors/testing/lone_socket_object.hpp"

#include <any>
#include <stdexcept>
#include <utility>
#include <variant>

namespace innkeeper::testing {

lone_socket_object::lone_socket_object(std::shared_ptr<const sockets::socket_kind> kind,
                                       std::string name)
    : object_(std::move(kind), std::move(name)) {}

lone_socket_object::client lone_socket_object::connect(sockets::socket_facts asked_by) {
  const auto who = ++last_;
  sockets_[who] = {};
  tell(sockets::socket_opened{who,
                              std::make_shared<const sockets::socket_facts>(std::move(asked_by))});
  return who;
}

void lone_socket_object::say(client who, std::string text) {
  say(who, std::move(text), false);
}

void lone_socket_object::say_binary(client who, std::string bytes) {
  say(who, std::move(bytes), true);
}

void lone_socket_object::say(client who, std::string payload, bool binary) {
  if (!is_connected(who)) throw std::logic_error("A client that is not connected says nothing.");
  tell(sockets::socket_said{who, std::move(payload), binary});
}

void lone_socket_object::leave(client who) {
  end(who, std::nullopt);
}

std::vector<std::string> lone_socket_object::heard(client who) {
  return std::exchange(sockets_.at(who).heard, {});
}

bool lone_socket_object::is_connected(client who) const {
  return sockets_.at(who).now == socket::state::open;
}

std::optional<unsigned> lone_socket_object::end_of(client who) const {
  return sockets_.at(who).end;
}

void lone_socket_object::let_pass(std::chrono::milliseconds duration) {
  perform(object_.let_pass(duration));
}

void lone_socket_object::restart() {
  object_.restart();
  for (auto& [_, each] : sockets_) each.now = socket::state::gone;
}

void lone_socket_object::tell(sockets::socket_message message) {
  perform(object_.tell(std::move(message)));
}

void lone_socket_object::perform(const lone_object::outputs& said) {
  for (const auto& output : said) {
    std::visit([this](const auto& each) { perform(each); },
               std::any_cast<const sockets::socket_output&>(output));
  }
}

void lone_socket_object::perform(const sockets::accept& output) {
  auto& its = sockets_[output.connection];
  if (its.now == socket::state::asking) its.now = socket::state::open;
}

void lone_socket_object::perform(const sockets::refuse& output) {
  if (sockets_[output.connection].now == socket::state::asking) {
    end(output.connection, output.status);
  }
}

void lone_socket_object::perform(const sockets::send& output) {
  auto& its = sockets_[output.connection];
  if (its.now == socket::state::open) its.heard.push_back(output.payload);
}

void lone_socket_object::perform(const sockets::send_to_all& output) {
  for (const auto& [who, _] : sockets_) perform(sockets::send{who, output.payload, output.binary});
}

void lone_socket_object::perform(const sockets::close& output) {
  end(output.connection, output.code);
}

void lone_socket_object::perform(const sockets::close_all& output) {
  for (const auto& [who, _] : sockets_) end(who, output.code);
}

void lone_socket_object::end(client who, std::optional<unsigned> code) {
  auto& its = sockets_[who];
  if (its.now == socket::state::gone) return;
  its.now = socket::state::gone;
  its.end = code;
  tell(sockets::socket_closed{who});
}

}  // namespace innkeeper::testing
