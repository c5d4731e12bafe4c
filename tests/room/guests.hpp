// A room and those in it, without gateway, actor, disk or clock: what is told to the room is a
// turn at once, and what the turn wants written is applied at once.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/room/room_kind.hpp"
#include "actors/room/room_message.hpp"
#include "actors/testing/late_rows.hpp"
#include "tests/room/fake_view.hpp"
#include "tests/room/outputs.hpp"

namespace innkeeper::testing {

inline const std::string signing_key = "deadbeef";

room::facts_ptr facts_of(const std::string& session);

/// Parses the text as the gateway does.
room::room_message words(room::connection_id who, const std::string& session,
                         const std::string& text, proto::role role = proto::role::user);

/// The text of an authenticate message with a good key.
std::string login_as_admin(const std::string& room_name, std::int64_t timestamp_ms);

/// What HTTP asks of a room.
sockets::request asks(const char* path, sockets::request_id id,
                      std::vector<sockets::member_activity> members = {});

class guests {
 public:
  explicit guests(std::string room_name = "testRoom", const proto::limits& bounds = {});

  lines join(room::connection_id who, const std::string& session);
  lines leave(room::connection_id who, const std::string& session, bool last_of_session);
  lines say(room::connection_id who, const std::string& session, const std::string& text);
  /// Makes it an admin, whatever that gives out.
  void become_admin(room::connection_id who, const std::string& session);
  nlohmann::json details();

  /// One turn as it is; its writes are not applied.
  durable::effects turn(room::room_message message);
  lines tell(room::room_message message);

  /// Somebody sets the time of day; no time passes.
  void set_clock(std::int64_t by_ms);
  /// Somebody has changed rows by hand: the room wakes on them. What it says to that.
  lines edited(const storage::hand_edits& edits);

  /// The room's alarm goes off, due or not.
  void ring();

  /// The room sleeps and wakes: what it left behind is all that memory keeps.
  void nap();
  /// The process ends and starts again.
  void restart();

  fake_view stored;
  std::int64_t now_ms = 1'631'756'233'699;
  std::optional<std::int64_t> alarm_ms;
  std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>();

 private:
  /// With INNKEEPER_LATE_ROWS set, each row that a turn reads is not here at first.
  template <class Turn>
  auto run(const Turn& turn) const {
    const auto with = [&](const durable::object_view& rows) {
      return turn(durable::turn{now_ms, rows, alarm_ms, now_ms - clock_ahead_ms_});
    };
    return late_ ? with_late_rows(stored, with) : with(stored);
  }
  void wake(durable::attachments left_behind);

  const bool late_ = std::getenv("INNKEEPER_LATE_ROWS") != nullptr;
  std::int64_t clock_ahead_ms_ = 0;
  std::string name_;
  room::room_kind kind_;
  std::unique_ptr<durable::durable_object> room_;
};

/// Ann (1) is there, and Ada (9) is an admin.
struct with_admin : guests {
  with_admin() {
    join(1, "ann");
    join(9, "ada");
    become_admin(9, "ada");
  }
};

}  // namespace innkeeper::testing
