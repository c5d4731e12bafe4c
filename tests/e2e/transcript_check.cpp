#include "tests/e2e/transcript_check.hpp"

#include <algorithm>
#include <vector>

namespace innkeeper::testing {
namespace {

using result = std::optional<std::string>;
using kind = client_event::kind;

/// The one-key form {"~name": argument}, or nothing.
std::optional<std::string> form_of(const exact_json& want) {
  if (want.is_object() && want.size() == 1 && want.begin().key().starts_with('~')) {
    return want.begin().key();
  }
  return std::nullopt;
}

exact_json profile_frame(const exact_json& about, const std::string& client) {
  exact_json data = {{"suffix", "~number"},
                     {"properties", exact_json::object()},
                     {"id", "~session " + client},
                     {"connectionDetails", "~object"},
                     {"role", "user"}};
  if (is_number(about)) {
    data["suffix"] = about;
  } else {
    data.update(about);
  }
  return {{"type", "profile"}, {"data", data}};
}

exact_json error_frame(const exact_json& about) {
  exact_json frame = {{"type", "error"}, {"data", "~like ."}, {"code", "~like ^[a-z][a-z_0-9]*$"}};
  if (about.is_string()) {
    frame["code"] = about;
  } else {
    frame.update(about);
  }
  return frame;
}

bool type_comes_first(const std::string& text) {
  return text.find("\"type\"") == text.find('"');
}

result frame_difference(const exact_json& want, const client_event& event,
                        const session_names& sessions) {
  if (event.what != kind::text) {
    return "expected " + show(want) + ", got " + event.show();
  }
  const std::optional<exact_json> frame = parse_exact(event.payload);
  if (!frame) {
    return "got text that is no JSON: " + event.show();
  }
  if (!type_comes_first(event.payload)) {
    return "got a frame whose first key is not type: " + event.show();
  }
  return difference(want, *frame, sessions);
}

result closed_difference(const exact_json& codes, const client_event& event) {
  const exact_json got = exact_number(std::to_string(event.code));
  const bool fits =
      event.what == kind::closed &&
      (codes == "any" || (is_number(codes) && codes == got) ||
       (codes.is_array() && std::find(codes.begin(), codes.end(), got) != codes.end()));
  return fits ? result() : "expected a close " + show(codes) + ", got " + event.show();
}

result event_difference(const exact_json& want, const client_event& event,
                        const std::string& client, const session_names& sessions) {
  const std::string form = form_of(want).value_or("");
  if (form == "~closed") return closed_difference(want[form], event);
  if (form == "~pong") {
    const bool fits = event.what == kind::pong && event.payload == want[form];
    return fits ? result() : "expected pong " + show(want[form]) + ", got " + event.show();
  }
  if (form == "~profile") {
    return frame_difference(profile_frame(want[form], client), event, sessions);
  }
  if (form == "~error") return frame_difference(error_frame(want[form]), event, sessions);
  if (form == "~answered") {
    return frame_difference({{"type", "profile"}, {"data", "~object"}}, event, sessions);
  }
  return frame_difference(want, event, sessions);
}

/// A list inside the list: as many events, each fitting one entry.
result shuffled_difference(const exact_json& wants, std::vector<client_event> events,
                           const std::string& client, const session_names& sessions) {
  for (const exact_json& want : wants) {
    const auto fits = [&](const client_event& event) {
      return !event_difference(want, event, client, sessions);
    };
    const auto found = std::find_if(events.begin(), events.end(), fits);
    if (found == events.end()) {
      return "expected in any order " + show(wants) + ", but nothing fits " + show(want);
    }
    events.erase(found);
  }
  return {};
}

std::string heard(const std::deque<client_event>& events) {
  std::string text;
  for (const client_event& event : events) {
    text += "\n      " + event.show();
  }
  return text.empty() ? " nothing" : text;
}

}  // namespace

std::size_t events_wanted(const exact_json& list) {
  std::size_t count = 0;
  for (const exact_json& want : list) {
    count += form_of(want) == "~shuffled" ? want["~shuffled"].size() : 1;
  }
  return count;
}

result hearing_difference(const exact_json& list, const std::deque<client_event>& events,
                          const std::string& client, const session_names& sessions) {
  const std::string all = "\n    " + client + " heard" + heard(events);
  if (events.size() < events_wanted(list)) {
    return client + ": expected " + std::to_string(events_wanted(list)) + " events: " + show(list) +
           all;
  }
  auto next = events.begin();
  for (const exact_json& want : list) {
    result found;
    if (form_of(want) == "~shuffled") {
      const auto end = next + static_cast<std::ptrdiff_t>(want["~shuffled"].size());
      found = shuffled_difference(want["~shuffled"], {next, end}, client, sessions);
      next = end;
    } else {
      found = event_difference(want, *next++, client, sessions);
    }
    if (found) {
      return client + ": " + *found + all;
    }
  }
  if (next != events.end()) {
    return client + ": not expected: " + next->show() + all;
  }
  return {};
}

}  // namespace innkeeper::testing
