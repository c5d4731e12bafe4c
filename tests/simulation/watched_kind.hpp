// Rooms, watched: the kind that the server runs is the real one, and somebody is told in which
// order its objects live and take their turns. Nothing is changed by it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "actors/room/room_kind.hpp"

namespace innkeeper::simulation {

/// What of a message the order of turns consists of.
struct told {
  enum class kind { join, leave, still_here, said, nonsense, question };
  kind what = kind::said;
  room::connection_id connection = 0;
  std::string session;
  sockets::request_id request = 0;
  bool by_admin = false;
  /// Of what a client said.
  std::string type{};
  std::string data{};
  /// By a sleeping object, without waking.
  bool absorbed = false;
};

class watcher {
 public:
  virtual ~watcher() = default;
  virtual void made(const std::string& object) = 0;
  virtual void hydrated(const std::string& object) = 0;
  virtual void handled(const std::string& object, const told& what) = 0;
  virtual void rang(const std::string& object) = 0;
  virtual void slept(const std::string& object) = 0;
  /// It lacked rows to hydrate: another one is made when they are there.
  virtual void unmade(const std::string& object) = 0;
  /// The instance is no more; it has or has not been asked for its attachments before.
  virtual void gone(const std::string& object, bool has_slept) = 0;
};

class watched_kind final : public sockets::socket_kind {
 public:
  watched_kind(std::shared_ptr<const sockets::socket_kind> real, watcher& by)
      : real_(std::move(real)), by_(by) {}

  std::string_view name() const override { return real_->name(); }
  std::unique_ptr<durable::durable_object> make(
      const durable::object_address& address) const override;
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
  std::vector<durable::object_output> when_broken() const override { return real_->when_broken(); }
  std::size_t bytes_of(const durable::object_output& output) const override {
    return real_->bytes_of(output);
  }
  sockets::read_message read(const sockets::raw_message& what) const override {
    return real_->read(what);
  }
  durable::object_message wrap(sockets::socket_event what) const override {
    return real_->wrap(std::move(what));
  }
  std::string_view noun() const override { return real_->noun(); }
  bool is_pinged() const override { return real_->is_pinged(); }
  proto::frame ping(std::int64_t now_ms) const override { return real_->ping(now_ms); }
  std::optional<proto::frame> too_loud() const override { return real_->too_loud(); }
  bool wants_activity(const sockets::request& of) const override {
    return real_->wants_activity(of);
  }

 private:
  std::shared_ptr<const sockets::socket_kind> real_;
  watcher& by_;
};

}  // namespace innkeeper::simulation
