#include "tests/e2e/admin_login.hpp"

#include <algorithm>
#include <chrono>

#include "tests/support/digest.hpp"
#include "tests/support/server_process.hpp"

namespace innkeeper::testing {
namespace {

std::string upper(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return text;
}

std::string text_of(const exact_json& value) {
  return value.is_string() ? value.get<std::string>() : write_exact(value);
}

/// The pattern with the time in the place of "${ts}".
std::string with_time(std::string pattern, const std::string& time) {
  const std::string mark = "${ts}";
  if (const std::size_t at = pattern.find(mark); at != std::string::npos) {
    pattern.replace(at, mark.size(), time);
  }
  return pattern;
}

}  // namespace

exact_json admin_login::message(const exact_json& how, const std::string& room) {
  credentials use = how.contains("repeat") ? kept_.at(how["repeat"]) : fresh(how, room);
  if (how.contains("keep")) {
    kept_[how["keep"]] = use;
  }
  if (how.contains("repeat") && how.contains("ts_text")) {
    use.ts = with_time(how["ts_text"], text_of(use.ts));
  }
  if (how.contains("upper")) {
    use.key = upper(use.key);
  }
  exact_json data = {{"ts", use.ts}, {"key", use.key}};
  if (how.contains("key")) {
    data["key"] = how["key"];
  }
  if (how.contains("leave_out")) {
    data.erase(how["leave_out"].get<std::string>());
  }
  return {{"type", "authenticate"}, {"data", data}};
}

admin_login::credentials admin_login::fresh(const exact_json& how, const std::string& room) {
  const long long shift = how.contains("shift_ms") ? std::stoll(number_text(how["shift_ms"])) : 0;
  const std::string time = next_timestamp(shift);
  exact_json ts = exact_number(time);
  if (how.contains("ts")) {
    ts = how["ts"];
  } else if (how.contains("ts_text")) {
    ts = with_time(how["ts_text"], time);
  } else if (how.contains("ts_number")) {
    ts = exact_number(with_time(how["ts_number"], time));
  }
  const std::string signed_room = how.contains("room") ? how["room"].get<std::string>() : room;
  const std::string signing_key =
      how.contains("signing_key") ? how["signing_key"].get<std::string>() : test_signing_key;
  const std::string signed_time = how.contains("sign_time") ? time : text_of(ts);
  return {ts, sha256_hex(signed_room + signed_time + signing_key)};
}

/// Never the same twice: a key counts for the session that used it first.
std::string admin_login::next_timestamp(long long shift_ms) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const long long ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  last_ms_ = std::max(ms, last_ms_ + 1);
  return std::to_string(last_ms_ + shift_ms);
}

}  // namespace innkeeper::testing
