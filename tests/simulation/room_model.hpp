// The protocol once more, as small as it gets and written without a look at the room's code: what a
// room stores, what only its memory has, and who has to hear what. It is driven by the order in
// which the object took its turns; what a turn does and says it works out from what the client
// sent. Which turns are kept the disk says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/guest.hpp"
#include "tests/simulation/run_report.hpp"
#include "tests/simulation/simulated_disk.hpp"
#include "tests/simulation/watched_kind.hpp"

namespace innkeeper::simulation {

struct model_session {
  std::int64_t suffix = 0;
  properties login;
  std::optional<std::map<std::string, std::set<std::string>>> channels;
  std::int64_t last_seen_ms = 0;
  /// It was due to be forgotten, but had a socket: then its time begins anew.
  std::int64_t spared_ms = 0;

  std::int64_t since_ms() const { return std::max(last_seen_ms, spared_ms); }
  /// Has voted or logged in: not to be forgotten for a newcomer.
  bool kept = false;
};

/// What the disk has to hold.
struct stored_room {
  std::string config;
  std::int64_t increment = 0;
  std::map<std::string, model_session> sessions;
  /// Poll -> session -> answer.
  std::map<std::string, std::map<std::string, std::string>> votes;
  std::map<std::string, std::int64_t> hundredths;
  struct used_key {
    std::string session;
    std::int64_t expires_ms = 0;
  };
  /// By timestamp.
  std::map<std::int64_t, used_key> used_keys;
};

struct memory_of_room {
  bool loaded = false;
  std::map<std::string, std::map<std::string, std::string>> votes;
  std::set<std::pair<std::string, room::connection_id>> relays;
  std::map<room::connection_id, std::string> joined;
  std::int64_t booted_ms = 0;
  std::int64_t increment_at_boot = 0;
};

/// A question over HTTP.
struct question {
  std::string room;
  /// When it was asked.
  std::int64_t asked_ms = 0;
  bool asks_details = true;
  bool answered = false;
  /// Its room may have lost its footing, or the disk be full.
  bool may_stay_open = false;
  /// Raw JSON; nothing until the answer may leave.
  std::optional<std::string> due;
};
using question_ptr = std::shared_ptr<question>;

class room_model {
 public:
  room_model(std::string name, run_report& judge) : name_(std::move(name)), judge_(judge) {}

  /// Of this life of the server.
  std::map<room::connection_id, guest_ptr> guests;
  std::vector<question_ptr> questions;

  // The turns of its object, in their order. `now_ms` is the wall clock.
  void join(room::connection_id id, std::int64_t now_ms);
  void leave(room::connection_id id, bool asleep);
  void say(const told& heard, std::int64_t now_ms);
  void still_here(const std::string& session, std::int64_t now_ms);
  void answer(const question_ptr& asked, std::int64_t now_ms);
  void alarm(std::int64_t now_ms);

  // The lives of its object.
  void hydrated(std::int64_t now_ms);
  /// Gives whether it has fallen asleep; else it has undone what was not stored.
  bool slept();
  void broke();
  void crashed();
  /// Whether the message that wakes it now had a reason to: the next of this client.
  bool wakes_for_nothing(room::connection_id id) const;

  // The disk.
  /// It failed this object a read.
  void read_failed() { may_break_ = true; }
  void wrote(batch_id batch);
  void committed(batch_id batch);
  void failed(batch_id batch, storage::commit_outcome outcome);

  /// What no longer waits for the disk is due from now on. After each step.
  void release();
  /// Complains about whatever is not as it has to be when nothing is under way.
  void check_quiet(const simulated_disk& disk, std::int64_t now_ms);
  /// The server has come to an orderly end.
  void check_ended(const simulated_disk& disk, std::int64_t now_ms);
  /// Complains if the disk holds anything but what was committed.
  void check_stored(const simulated_disk& disk, std::int64_t now_ms);

  bool has_joined() const { return !memory_.joined.empty(); }
  bool has_sessions() const { return !committed_.sessions.empty(); }
  const std::string& name() const { return name_; }

 private:
  struct output {
    enum class kind {
      admit,
      channels,
      role,
      frame,
      to_all,
      publish,
      to_admins,
      close,
      refuse,
      answer,
      no_answer
    };
    kind what = kind::frame;
    room::connection_id to = 0;
    expectation due;
    topic where;
    std::string session;
    /// What the session is subscribed to behind this turn.
    std::map<std::string, std::set<std::string>> channels;
    std::vector<room::connection_id> admins;
    question_ptr asked;
  };
  struct turn {
    std::vector<output> outputs;
    std::vector<output> if_storage_full;
    bool only_memory = false;
    /// The stored state behind it, if it changed that.
    std::optional<stored_room> after;
    std::optional<batch_id> batch;
    bool committed = false;
    std::optional<storage::commit_outcome> failure;
  };
  struct speaker {
    guest& who;
    bool admin;
  };

  turn& begin();
  static void skip_lost(guest& stranded, const told& heard);
  void changed() { line_.back().after = now_; }
  void out(output what) { line_.back().outputs.push_back(std::move(what)); }
  void tell(room::connection_id to, std::string text, std::uint64_t group = 0);
  void refuse(room::connection_id to, std::string code);
  void publish(std::string event, std::optional<std::string> id, std::string text);

  void obey(const saying& what, const speaker& by, std::int64_t now_ms);
  void subscribe(const saying& what, const speaker& by);
  void unsubscribe(const saying& what, const speaker& by);
  void tell_values(const topic& of, room::connection_id to);
  void vote(const saying& what, const speaker& by);
  void vote_ephemerally(const saying& what, const speaker& by);
  void tell_channels(output::kind what, const guest& of);
  void count(const saying& what);
  void authenticate(const saying& what, const speaker& by, std::int64_t now_ms);
  void set_config(const saying& what);
  void broadcast(const saying& what);
  void relay(const saying& what, const speaker& by);
  std::string profile(const speaker& by) const;
  std::string user(const speaker& by) const;

  void perform(output& what);
  void admit(output& what);
  bool subscribes(const std::string& session, const topic& to) const;
  void undo_uncommitted();
  void forget_memory_if_empty();
  void check_alarm(const simulated_disk& disk);
  void complain(const std::string& what) { judge_.complain(name_ + ": " + what); }

  std::string name_;
  run_report& judge_;
  /// Has taken a turn.
  bool lives_ = false;
  stored_room now_;
  stored_room committed_;
  memory_of_room memory_;
  /// Turns whose outputs have not left.
  std::deque<turn> line_;
  /// Batches of turns that are over and done with, which the disk may still commit.
  std::map<batch_id, stored_room> strays_;
  /// What sessions are subscribed to, as of what has left.
  std::map<std::string, std::map<std::string, std::set<std::string>>> channels_outside_;
  std::uint64_t last_group_ = 0;
  /// A fault has taken its footing, or may.
  bool may_break_ = false;
};

}  // namespace innkeeper::simulation
