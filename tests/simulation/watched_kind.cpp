#include "tests/simulation/watched_kind.hpp"

namespace innkeeper::simulation {
namespace {

struct reading {
  told operator()(const room::connection_opened& m) const {
    return about(told::kind::join, m.connection);
  }
  told operator()(const room::connection_closed& m) const {
    return about(told::kind::leave, m.connection);
  }
  told operator()(const room::keepalive& m) const {
    auto what = about(told::kind::still_here, 0);
    what.session = m.facts->session;
    return what;
  }
  told operator()(const room::client_message_received& m) const {
    auto what = about(told::kind::said, m.connection);
    what.by_admin = m.role == proto::role::admin;
    what.type = m.message.type;
    what.data = m.message.data.value_or("");
    return what;
  }
  told operator()(const room::malformed_message& m) const {
    return about(told::kind::nonsense, m.connection);
  }
  told operator()(const room::request& m) const { return asked(m.id); }

 private:
  static told about(told::kind what, room::connection_id who) {
    told made;
    made.what = what;
    made.connection = who;
    return made;
  }
  static told asked(sockets::request_id request) {
    told made;
    made.what = told::kind::question;
    made.request = request;
    return made;
  }
};

told told_by(const durable::object_message& message) {
  return std::visit(reading(), std::any_cast<const room::room_message&>(message));
}

class watched_object final : public durable::durable_object {
 public:
  watched_object(std::unique_ptr<durable_object> real, std::string name, watcher& by)
      : real_(std::move(real)), name_(std::move(name)), by_(by) {
    by_.made(name_);
  }
  ~watched_object() override {
    if (!is_unmade_) by_.gone(name_, has_slept_);
  }

  void hydrate(const durable::turn& now, durable::attachments&& left_behind) override {
    try {
      real_->hydrate(now, std::move(left_behind));
    } catch (const durable::rows_not_here&) {
      is_unmade_ = true;
      by_.unmade(name_);
      throw;
    }
    by_.hydrated(name_);
  }

  durable::effects handle(durable::object_message& message, const durable::turn& now) override {
    const auto what = told_by(message);
    auto effects = real_->handle(message, now);
    by_.handled(name_, what);
    return effects;
  }

  durable::effects on_alarm(const durable::turn& now) override {
    auto effects = real_->on_alarm(now);
    by_.rang(name_);
    return effects;
  }

  durable::attachments sleep() override {
    auto left_behind = real_->sleep();
    has_slept_ = true;
    by_.slept(name_);
    return left_behind;
  }

 private:
  std::unique_ptr<durable_object> real_;
  std::string name_;
  watcher& by_;
  bool has_slept_ = false;
  bool is_unmade_ = false;
};

}  // namespace

std::unique_ptr<durable::durable_object> watched_kind::make(
    const durable::object_address& address) const {
  return std::make_unique<watched_object>(real_->make(address), address.name, by_);
}

std::optional<std::vector<durable::object_output>> watched_kind::handle_hibernated(
    durable::attachments& left_behind, const durable::object_message& message) const {
  auto outputs = real_->handle_hibernated(left_behind, message);
  if (!outputs) return outputs;
  auto what = told_by(message);
  what.absorbed = true;
  by_.handled({}, what);
  return outputs;
}

}  // namespace innkeeper::simulation
