#include "tests/e2e/ledger.hpp"

#include <algorithm>

namespace innkeeper::testing {

std::string show(const own_state& state) {
  return "counted " + std::to_string(state.counted) + ", voted " + std::to_string(state.voted) +
         ", logged in " + std::to_string(state.logged_in) + ", listens to " +
         std::to_string(state.listens_to) + ", lunch '" + state.lunch + "'";
}

own_state& session_ledger::intend() {
  states_.push_back(states_.back());
  return states_.back();
}

std::string session_ledger::verdict_on(const own_state& found) const {
  const auto last = std::find(states_.rbegin(), states_.rend(), found);
  if (last == states_.rend()) {
    return "it was never like this: " + show(found) + "; last " + show(states_.back());
  }
  const auto index = static_cast<std::size_t>(states_.rend() - last) - 1;
  if (index < told_) {
    return "it was told of " + show(states_[told_]) + " and is back at " + show(found);
  }
  return {};
}

void session_ledger::settle(const own_state& found) {
  states_ = {found};
  told_ = 0;
}

}  // namespace innkeeper::testing
