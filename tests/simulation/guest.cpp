#include "tests/simulation/guest.hpp"

#include <nlohmann/json.hpp>

#include "tests/simulation/run_facts.hpp"
#include "tests/support/server_frames.hpp"

namespace innkeeper::simulation {
namespace {

using kind = expectation::kind;

constexpr unsigned int going_away = 1001;
constexpr unsigned int internal_error = 1011;
constexpr unsigned int unavailable = 503;

bool same_json(std::string_view a, std::string_view b) {
  return nlohmann::json::parse(a, nullptr, false) == nlohmann::json::parse(b, nullptr, false);
}

bool is_error(std::string_view text, std::string_view code) {
  return text.starts_with(R"({"type":"error",)") &&
         text.ends_with(R"("code":")" + std::string(code) + "\"}");
}

bool fits(const expectation& due, kind what, std::string_view text, unsigned int code) {
  if (due.what == kind::error) return what == kind::frame && is_error(text, due.text);
  if (due.what != what || due.code != code) return false;
  return what != kind::frame || due.text == text || same_json(due.text, text);
}

std::string in_words(kind what, std::string_view text, unsigned int code) {
  switch (what) {
    case kind::accept:
      return "being let in";
    case kind::refuse:
      return "being refused with " + std::to_string(code);
    case kind::close:
      return "being closed with " + std::to_string(code);
    case kind::error:
      return "the error " + std::string(text);
    case kind::frame:
      return std::string(text);
  }
  return {};
}

}  // namespace

guest::guest(room::connection_id number, std::string room_name, std::string session_id,
             run_report& judge, const std::int64_t& now_ms)
    : id(number),
      room(std::move(room_name)),
      session(std::move(session_id)),
      details(R"({"clientIp":"10.0.0.)" + std::to_string(number % 200) + "\"}"),
      judge_(judge),
      now_ms_(now_ms) {}

void guest::expect(expectation what) {
  if (hears()) due_.push_back(std::move(what));
}

void guest::accept() {
  if (!hears() || !take(kind::accept, "", 0)) return;
  state_ = state::open;
  pinged_ms_ = now_ms_;
}

void guest::refuse(unsigned int status, const std::string&) {
  if (!hears()) return;
  if (state_ != state::arriving) complain("was refused though it had been let in");
  if (!may_be_sent_away && !server_stops) take(kind::refuse, "", status);
  if (status != unavailable) complain("was refused with " + std::to_string(status));
  state_ = state::closed;
  due_.clear();
}

void guest::deliver(const proto::frame& frame) {
  for (const auto text : testing::payloads_of(frame.wire())) {
    if (hears()) hear(text);
  }
}

void guest::hear(std::string_view text) {
  ++judge_.count.frames;
  if (state_ != state::open) return complain("heard " + std::string(text) + " before being let in");
  if (text.starts_with(R"({"type":"ping",)")) {
    if (now_ms_ - pinged_ms_ < ping_interval_ms) complain("was pinged too early");
    pinged_ms_ = now_ms_;
    return;
  }
  take(kind::frame, text, 0);
}

void guest::close(std::uint16_t code, const std::string&) {
  if (!hears()) return;
  const bool excused = (code == internal_error && may_be_sent_away);
  if (!excused) {
    if (code == going_away && server_stops) {
      if (!due_.empty()) complain("was closed with 1001 and still waited for " + next_due());
      if (!said.empty()) complain("was closed with 1001 before it was answered");
    } else {
      take(kind::close, "", code);
    }
  }
  state_ = state::closed;
  due_.clear();
}

bool guest::take(kind what, std::string_view text, unsigned int code) {
  judge_.note([&] { return "  " + std::to_string(id) + " <- " + in_words(what, text, code); });
  for (std::size_t i = 0; i < due_.size(); ++i) {
    const bool may_be_next = i == 0 || (due_[i].group != 0 && due_[i].group == due_[0].group);
    if (!may_be_next) break;
    if (!fits(due_[i], what, text, code)) continue;
    due_.erase(due_.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  complain("heard " + in_words(what, text, code) +
           (due_.empty() ? ", and nothing was due" : "; due was " + next_due()));
  return false;
}

std::string guest::next_due() const {
  if (due_.empty()) return "nothing";
  return in_words(due_.front().what, due_.front().text, due_.front().code);
}

void guest::complain(const std::string& what) {
  judge_.complain("connection " + std::to_string(id) + " of " + session + " in " + room + " " +
                  what);
}

}  // namespace innkeeper::simulation
