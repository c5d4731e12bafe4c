// What the clients of one room have done and been told, kept to be held against what the room knows
// after the server was killed. Everything a session does goes into a list of states, one for each
// message; whatever it hears of one of them tells that this one, and all before it, is on disk.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace innkeeper::testing {

/// What a session alone decides in its room. Every message changes it.
struct own_state {
  long counted = 0;     // hundredths, in its own counter
  int voted = 0;        // which answer, in its own poll; 0: none
  int logged_in = 0;    // the number in its properties; 0: never
  int listens_to = 0;   // subscribed to news:N; 0: to none
  std::string lunch{};  // its answer in the poll of all; empty: none

  friend bool operator==(const own_state&, const own_state&) = default;
};

std::string show(const own_state& state);

class session_ledger {
 public:
  /// What the next message makes of the present state.
  own_state& intend();

  /// The server has told of something that is true of matching states. It became true with the
  /// first of them, so that one is on disk. False if the session has never been in such a state.
  template <class Matches>
  bool note_told(Matches matches) {
    const auto first = std::ranges::find_if(states_, matches);
    if (first == states_.end()) return false;
    told_ = std::max(told_, static_cast<std::size_t>(first - states_.begin()));
    return true;
  }

  /// Empty if the room may know this after a crash, else what is wrong with it.
  std::string verdict_on(const own_state& found) const;
  /// What came of it is known now.
  void settle(const own_state& found);

  /// 0 until it has been told one.
  long suffix = 0;

 private:
  std::vector<own_state> states_{own_state{}};
  std::size_t told_ = 0;
};

/// A value that many push in one direction: what was told may not be lost, what was not said may
/// not be there.
struct shared_value {
  long told = 0;
  long said = 0;

  bool may_be(long found) const { return found >= told && found <= said; }
  void settle(long found) { told = said = found; }
};

struct room_ledger {
  std::map<std::string, session_ledger> sessions;
  /// Who has which suffix: nobody else may ever get it.
  std::map<long, std::string> owner_of_suffix;
  shared_value counter;
  shared_value config;
  /// Connects: told are those that were let in.
  shared_value connects;
  /// The key that the admin has used and been told so.
  std::string used_key_message;
};

}  // namespace innkeeper::testing
