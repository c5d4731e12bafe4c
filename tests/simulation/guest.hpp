// A client as the gateway sees it, and what it may expect to hear. The model says what is due, in
// order; whatever comes has to be just that.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/room/room_message.hpp"
#include "tests/simulation/message_generator.hpp"
#include "tests/simulation/run_report.hpp"
#include "transport/websocket/client_connection.hpp"

namespace innkeeper::simulation {

struct expectation {
  enum class kind { accept, refuse, frame, error, close };
  kind what = kind::frame;
  /// The frame, or the error's code.
  std::string text;
  /// Of a refusal or a close frame.
  unsigned int code = 0;
  /// Neighbours with the same number, other than 0, may come in any order.
  std::uint64_t group = 0;
};

class guest final : public transport::client_connection {
 public:
  guest(room::connection_id number, std::string room_name, std::string session_id,
        run_report& judge, const std::int64_t& now_ms);

  void accept() override;
  void refuse(unsigned int status, const std::string& sentence) override;
  void deliver(const proto::frame& frame) override;
  void close(std::uint16_t code, const std::string& reason) override;

  void expect(expectation what);
  /// The server has crashed: whatever still comes is of no interest.
  void hang_up() { deaf_ = true; }
  /// It goes by itself.
  void leave() { left = true; }

  bool is_open() const { return state_ == state::open && !left && !deaf_; }
  bool is_arriving() const { return state_ == state::arriving && !left && !deaf_; }
  bool is_closed() const { return state_ == state::closed; }
  bool hears() const { return !left && !deaf_ && state_ != state::closed; }
  bool is_owed_something() const { return hears() && !due_.empty(); }
  /// What it waits for most, for people to read.
  std::string next_due() const;
  bool missed_a_ping() const { return is_open() && now_ms_ - pinged_ms_ > ping_grace_ms; }

  const room::connection_id id;
  const std::string room;
  const std::string session;
  const std::string details;

  /// What it has said and its room has not handled yet.
  std::deque<saying> said;
  bool said_goodbye = false;
  bool left = false;

  // As the model sees it.
  bool joined = false;
  /// What lets it in has left.
  bool admitted = false;
  /// Whatever was due to it is in `due`; nothing more will be.
  bool gone = false;
  /// Its room has forgotten it.
  bool forgotten = false;
  /// In the eyes of its room, and in those of the gateway.
  bool admin = false;
  bool admin_outside = false;
  /// The room has undone turns or broken, and has only the gateway's word for who is an admin. A
  /// message that was on its way then may have left the gateway before that knew.
  bool role_uncertain = false;
  /// Its room has lost its footing: it may be sent away at any moment.
  bool may_be_sent_away = false;
  /// The server stops in an orderly way.
  bool server_stops = false;

 private:
  enum class state { arriving, open, closed };
  static constexpr std::int64_t ping_grace_ms = 26'000;

  void hear(std::string_view text);
  bool take(expectation::kind what, std::string_view text, unsigned int code);
  void complain(const std::string& what);

  run_report& judge_;
  const std::int64_t& now_ms_;
  state state_ = state::arriving;
  bool deaf_ = false;
  std::int64_t pinged_ms_ = 0;
  std::deque<expectation> due_;
};

using guest_ptr = std::shared_ptr<guest>;

}  // namespace innkeeper::simulation
