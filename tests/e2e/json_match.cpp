#include "tests/e2e/json_match.hpp"

#include <regex>
#include <vector>

#include "tests/support/digest.hpp"

namespace innkeeper::testing {
namespace {

using result = std::optional<std::string>;

constexpr std::size_t shown_characters_max = 700;

result mismatch(const std::string& where, const std::string& wanted, const exact_json& got) {
  return (where.empty() ? "the value" : where) + ": expected " + wanted + ", got " + show(got);
}

result unless(bool fits, const std::string& where, const std::string& wanted,
              const exact_json& got) {
  return fits ? result() : mismatch(where, wanted, got);
}

bool looks_like(const exact_json& got, const std::string& pattern) {
  return got.is_string() && std::regex_search(got.get<std::string>(), std::regex(pattern));
}

/// "~name" or "~name argument".
result named_difference(const std::string& form, const exact_json& got,
                        const session_names& sessions, const std::string& where) {
  static const std::string uuid_v4 =
      "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
  const std::size_t space = form.find(' ');
  const std::string name = form.substr(0, space);
  const std::string argument = space == std::string::npos ? "" : form.substr(space + 1);
  if (name == "~any") return {};
  if (name == "~text") return unless(got.is_string(), where, "a text", got);
  if (name == "~number") return unless(is_number(got), where, "a number", got);
  if (name == "~object") return unless(got.is_object(), where, "an object", got);
  if (name == "~uuid") return unless(looks_like(got, uuid_v4), where, "a v4 UUID", got);
  if (name == "~like") return unless(looks_like(got, argument), where, "like " + argument, got);
  if (name == "~id") {
    return unless(got == sha256_hex(argument), where, "the id of room " + argument, got);
  }
  if (name == "~session" && sessions.contains(argument)) {
    const std::string& session = sessions.at(argument);
    return unless(got == session, where, "session " + session + " of " + argument, got);
  }
  return "the conversation has an unknown form " + form;
}

result object_difference(const exact_json& want, const exact_json& got,
                         const session_names& sessions, const std::string& where, bool all) {
  if (!got.is_object()) {
    return mismatch(where, "an object", got);
  }
  for (const auto& [key, value] : want.items()) {
    if (!got.contains(key)) {
      return mismatch(where, "a key '" + key + "'", got);
    }
    if (result found = difference(value, got[key], sessions, where + "." + key)) {
      return found;
    }
  }
  for (const auto& [key, value] : got.items()) {
    if (all && !want.contains(key)) {
      return mismatch(where, "no key '" + key + "'", got);
    }
  }
  return {};
}

result list_difference(const exact_json& want, const exact_json& got, const session_names& sessions,
                       const std::string& where) {
  if (!got.is_array() || got.size() != want.size()) {
    return mismatch(where, "a list of " + std::to_string(want.size()), got);
  }
  for (std::size_t i = 0; i < want.size(); ++i) {
    const std::string place = where + "[" + std::to_string(i) + "]";
    if (result found = difference(want[i], got[i], sessions, place)) {
      return found;
    }
  }
  return {};
}

result shuffled_difference(const exact_json& want, const exact_json& got,
                           const session_names& sessions, const std::string& where) {
  if (!got.is_array() || got.size() != want.size()) {
    return mismatch(where, "a list of " + std::to_string(want.size()), got);
  }
  std::vector<bool> used(got.size());
  for (const exact_json& one : want) {
    std::size_t at = 0;
    while (at < got.size() && (used[at] || difference(one, got[at], sessions))) {
      ++at;
    }
    if (at == got.size()) {
      return mismatch(where, "somewhere " + show(one), got);
    }
    used[at] = true;
  }
  return {};
}

double double_of(const exact_json& number) {
  return std::stod(number_text(number));
}

bool within(const exact_json& got, const exact_json& bounds) {
  return is_number(got) && double_of(got) >= double_of(bounds[0]) &&
         double_of(got) <= double_of(bounds[1]);
}

bool one_of(const exact_json& choices, const exact_json& got, const session_names& sessions) {
  for (const exact_json& choice : choices) {
    if (!difference(choice, got, sessions)) {
      return true;
    }
  }
  return false;
}

/// {"~name": argument}
result form_difference(const std::string& name, const exact_json& argument, const exact_json& got,
                       const session_names& sessions, const std::string& where) {
  if (name == "~some") return object_difference(argument, got, sessions, where, false);
  if (name == "~shuffled") return shuffled_difference(argument, got, sessions, where);
  if (name == "~between") return unless(within(got, argument), where, show(argument), got);
  if (name == "~one_of") {
    return unless(one_of(argument, got, sessions), where, "one of " + show(argument), got);
  }
  if (name == "~exactly") return unless(got == argument, where, show(argument), got);
  if (name == "~double") {
    const bool equal = is_number(got) && double_of(got) == double_of(argument);
    return unless(equal, where, "the double " + show(argument), got);
  }
  if (name == "~parsed") {
    const auto inner = got.is_string() ? parse_exact(got.get<std::string>()) : std::nullopt;
    return inner ? difference(argument, *inner, sessions, where + " as JSON")
                 : mismatch(where, "a JSON text", got);
  }
  return "the conversation has an unknown form " + name;
}

bool is_form(const exact_json& want) {
  return want.is_object() && want.size() == 1 && want.begin().key().starts_with('~');
}

}  // namespace

std::string show(const exact_json& value) {
  const std::string text = write_exact(value);
  return text.size() <= shown_characters_max
             ? text
             : text.substr(0, shown_characters_max) + "... (" + std::to_string(text.size()) + ")";
}

result difference(const exact_json& want, const exact_json& got, const session_names& sessions,
                  const std::string& where) {
  if (want.is_string() && want.get<std::string>().starts_with('~')) {
    return named_difference(want.get<std::string>(), got, sessions, where);
  }
  if (is_form(want)) {
    return form_difference(want.begin().key(), want.begin().value(), got, sessions, where);
  }
  if (is_number(want)) {
    const bool equal = is_number(got) &&
                       canonical_decimal(number_text(want)) == canonical_decimal(number_text(got));
    return unless(equal, where, number_text(want), got);
  }
  if (want.is_object()) return object_difference(want, got, sessions, where, true);
  if (want.is_array()) return list_difference(want, got, sessions, where);
  return unless(want == got, where, show(want), got);
}

}  // namespace innkeeper::testing
