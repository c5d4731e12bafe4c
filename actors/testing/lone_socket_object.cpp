#include "actors/testing/lone_socket_object.hpp"

#include <any>
#include <stdexcept>
#include <utility>
#include <variant>

namespace innkeeper::testing {

lone_socket_object::lone_socket_object(std::shared_ptr<const sockets::socket_kind> kind,
                                       std::string name)
    : kind_(kind), object_(std::move(kind), std::move(name)) {}

lone_socket_object::client lone_socket_object::connect(sockets::handshake asked_by,
                                                       std::string session) {
  const auto who = ++last_;
  if (session.empty()) session = std::to_string(who);
  auto& its = sockets_[who];
  its.facts = std::make_shared<const sockets::connection_facts>(
      sockets::connection_facts{std::move(session), "{}"});
  perform(object_.tell(kind_->wrap(sockets::connection_opened{
      who, its.facts, std::make_shared<const sockets::handshake>(std::move(asked_by))})));
  return who;
}

void lone_socket_object::say(client who, const std::string& text) {
  say(who, text, false);
}

void lone_socket_object::say_binary(client who, const std::string& bytes) {
  say(who, bytes, true);
}

void lone_socket_object::say(client who, const std::string& payload, bool binary) {
  if (!is_connected(who)) throw std::logic_error("A client that is not connected says nothing.");
  const auto& its = sockets_.at(who);
  auto read = kind_->read({who, its.facts, its.role, payload, binary});
  if (read.message) perform(object_.tell(std::move(*read.message)));
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

std::optional<sockets::response> lone_socket_object::ask(std::string method, std::string path,
                                                         std::string body) {
  sockets::request what;
  what.id = ++last_request_;
  what.method = std::move(method);
  what.path = std::move(path);
  what.body = std::move(body);
  for (const auto& [_, each] : sockets_) {
    if (each.now == socket::state::open) ++what.members.connections;
  }
  what.members.sessions = what.members.connections;
  const auto id = what.id;
  perform(object_.tell(kind_->wrap(std::move(what))));
  const auto found = answers_.find(id);
  if (found == answers_.end()) return std::nullopt;
  return found->second;
}

bool lone_socket_object::is_last_of_session(client who) const {
  for (const auto& [other, each] : sockets_) {
    const bool is_there = other != who && each.now != socket::state::gone;
    if (is_there && each.facts->session == sockets_.at(who).facts->session) return false;
  }
  return true;
}

void lone_socket_object::perform(const lone_object::outputs& said) {
  for (const auto& output : said) {
    std::visit([this](const auto& each) { perform(each); },
               std::any_cast<const sockets::socket_output&>(output));
  }
}

void lone_socket_object::perform(const sockets::accept& output) {
  auto& its = sockets_[output.connection];
  if (its.now != socket::state::asking) return;
  its.now = socket::state::open;
  topics_.try_emplace(its.facts->session, output.topics);
  for (const auto& frame : output.first_frames) perform(sockets::send{output.connection, frame});
}

void lone_socket_object::perform(const sockets::refuse& output) {
  if (sockets_[output.connection].now == socket::state::asking) {
    end(output.connection, output.status);
  }
}

void lone_socket_object::perform(const sockets::send& output) {
  auto& its = sockets_[output.connection];
  if (its.now == socket::state::open) its.heard.emplace_back(output.frame.payload());
}

void lone_socket_object::perform(const sockets::send_to_all& output) {
  for (const auto& [who, _] : sockets_) perform(sockets::send{who, output.frame});
}

void lone_socket_object::perform(const sockets::send_to_role& output) {
  for (const auto who : output.connections) {
    if (sockets_[who].role == output.role) perform(sockets::send{who, output.frame});
  }
}

void lone_socket_object::perform(const sockets::publish& output) {
  for (const auto& [who, each] : sockets_) {
    const auto wanted = topics_.find(each.facts->session);
    if (wanted != topics_.end() && wanted->second.wants(output.topic)) {
      perform(sockets::send{who, output.frame});
    }
  }
}

void lone_socket_object::perform(const sockets::subscribe& output) {
  topics_[output.session].add(output.topic);
}

void lone_socket_object::perform(const sockets::unsubscribe& output) {
  topics_[output.session].remove(output.topic);
}

void lone_socket_object::perform(const sockets::set_role& output) {
  sockets_[output.connection].role = output.role;
}

void lone_socket_object::perform(const sockets::answer& output) {
  if (output.with) answers_[output.request] = *output.with;
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
  const bool last = is_last_of_session(who);
  if (last) topics_.erase(its.facts->session);
  perform(object_.tell(kind_->wrap(sockets::connection_closed{who, its.facts, last})));
}

}  // namespace innkeeper::testing
