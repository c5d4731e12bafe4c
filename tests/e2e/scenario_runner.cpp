#include "tests/e2e/scenario_runner.hpp"

#include <stdexcept>

#include "tests/e2e/percent_coding.hpp"
#include "tests/e2e/transcript_check.hpp"
#include "tests/support/digest.hpp"
#include "tests/support/event_pump.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto hearing_time_max = 5s;
/// How long silence must last: briefly after an answer that came behind the action, longer if
/// nothing tells that the action is done. A frame later than that fails a later step.
constexpr auto quiet_after_answer = 8ms;
constexpr auto quiet_after_silence = 60ms;

server_options options_of(const exact_json& settings) {
  server_options options = without_rates();
  if (settings.contains("signing_key")) {
    const exact_json& key = settings["signing_key"];
    options.signing_key =
        key.is_null() ? std::nullopt : std::optional<std::string>(key.get<std::string>());
  }
  if (settings.contains("hibernate_after_ms")) {
    options.hibernate_after_ms = std::stoi(number_text(settings["hibernate_after_ms"]));
  }
  return options;
}

bool is_spoken(const exact_json& step) {
  for (const char* verb : {"say", "say_text", "say_all", "fragments", "send_binary"}) {
    if (step.contains(verb)) {
      return true;
    }
  }
  return false;
}

}  // namespace

scenario_runner::scenario_runner(const exact_json& settings)
    : keep_pings_(settings.contains("keep_pings")), server_(options_of(settings)) {}

scenario_runner::result scenario_runner::play(const exact_json& step) {
  result failure;
  if (step.contains("join")) {
    failure = join(step);
  } else if (step.contains("get")) {
    failure = fetch_page(step);
  } else if (step.contains("restart")) {
    return restart(step);
  } else if (step.contains("asleep")) {
    failure = await_sleep();
  } else if (step.contains("no_trace")) {
    failure = find_no_trace(expand_text(step["no_trace"]));
  } else {
    talk(step);
  }
  if (failure) {
    return failure;
  }
  const exact_json expected = expectations(step);
  return settle(expected, expected.empty() ? quiet_after_silence : quiet_after_answer);
}

scenario_runner::result scenario_runner::end() {
  return settle(exact_json::object(), quiet_after_silence);
}

/// What the step says, and what goes without saying.
exact_json scenario_runner::expectations(const exact_json& step) const {
  exact_json expected = exact_json::object();
  if (step.contains("then")) {
    expected = expand(step["then"]);
  }
  const std::string by = step.contains("by") ? step["by"].get<std::string>() : "";
  if (step.contains("welcome")) {
    expected[by] = exact_json::array({exact_json{{"type", "config"}, {"data", ""}},
                                      exact_json{{"~profile", expand(step["welcome"])}}});
  } else if (step.contains("leave") && !expected.contains(by)) {
    expected[by] = exact_json::array({exact_json{{"~closed", "any"}}});
  } else if (needs_fence(step)) {
    expected[by] = exact_json::array({exact_json{{"~answered", nullptr}}});
  }
  return expected;
}

/// A question behind the action, whose answer shows that the action is over and had no other.
bool scenario_runner::needs_fence(const exact_json& step) const {
  if (!is_spoken(step) || step.contains("no_fence")) {
    return false;
  }
  const std::string by = step["by"];
  return !step.contains("then") || !step["then"].contains(by) || step["then"][by].empty();
}

scenario_runner::result scenario_runner::settle(const exact_json& expected,
                                                std::chrono::milliseconds quiet) {
  for (const auto& [name, list] : expected.items()) {
    if (!people_.contains(name) || !list.is_array()) {
      return "the conversation expects something of '" + name + "', who never joined";
    }
  }
  const auto complete = [&] {
    for (const auto& [name, list] : expected.items()) {
      if (people_[name].socket->events().size() < events_wanted(list)) {
        return false;
      }
    }
    return true;
  };
  pump_until(io_, after(hearing_time_max), complete);
  pump_until(io_, after(quiet), [] { return false; });
  return compare(expected);
}

scenario_runner::result scenario_runner::compare(const exact_json& expected) {
  result failure;
  for (auto& [name, who] : people_) {
    const exact_json list = expected.contains(name) ? expected[name] : exact_json::array();
    const result found = hearing_difference(list, who.socket->events(), name, sessions_);
    who.socket->events().clear();
    if (found) {
      failure = failure.value_or("") + "\n    " + *found;
    }
  }
  return failure;
}

websocket_client& scenario_runner::speaker(const exact_json& step) {
  const std::string name = step.at("by");
  if (!people_.contains(name)) {
    throw std::runtime_error("'" + name + "' has not joined");
  }
  return *people_[name].socket;
}

/// Replaces ${5 times text}, ${session ann} and ${id room}; leaves other ${...} alone.
std::string scenario_runner::expand_text(const std::string& text) const {
  const std::size_t begin = text.find("${");
  const std::size_t end = begin == std::string::npos ? begin : text.find('}', begin);
  if (end == std::string::npos) {
    return text;
  }
  const std::string inside = text.substr(begin + 2, end - begin - 2);
  std::string value = text.substr(begin, end - begin + 1);
  if (const std::size_t times = inside.find(" times "); times != std::string::npos) {
    value.clear();
    for (int i = std::stoi(inside); i > 0; --i) {
      value += inside.substr(times + 7);
    }
  } else if (inside.starts_with("session ")) {
    value = sessions_.at(inside.substr(8));
  } else if (inside.starts_with("id ")) {
    value = sha256_hex(inside.substr(3));
  }
  return text.substr(0, begin) + value + expand_text(text.substr(end + 1));
}

exact_json scenario_runner::expand(const exact_json& value) const {
  if (value.is_string()) {
    return expand_text(value);
  }
  if (!value.is_structured()) {
    return value;
  }
  exact_json copy = value;
  for (auto& item : copy) {
    item = expand(item);
  }
  return copy;
}

}  // namespace innkeeper::testing
