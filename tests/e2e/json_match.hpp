// Compares a JSON value with what a conversation expects of it. README.md beside the conversations
// lists the forms that stand for more than themselves; all of them begin with a tilde.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tests/support/exact_json.hpp"

namespace innkeeper::testing {

/// What an expectation may refer to by a client's name.
using session_names = std::map<std::string, std::string>;

/// Nothing if `got` is what `want` asks for, else one sentence.
std::optional<std::string> difference(const exact_json& want, const exact_json& got,
                                      const session_names& sessions, const std::string& where = "");

/// The value as text, cut to what a person reads.
std::string show(const exact_json& value);

}  // namespace innkeeper::testing
