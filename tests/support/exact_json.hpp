// JSON with exact numbers. A counter has up to 34 digits and must be compared digit by digit, so a
// number is kept as the text that it had: inside the usual nlohmann value it is a binary value, a
// kind that no JSON text can produce. Of equal keys in an object the last one counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace innkeeper::testing {

using exact_json = nlohmann::json;

/// Nothing if the text is not JSON.
std::optional<exact_json> parse_exact(std::string_view text);

/// Compact; numbers as they were read.
std::string write_exact(const exact_json& value);

exact_json exact_number(std::string_view text);
bool is_number(const exact_json& value);
std::string number_text(const exact_json& value);

/// "1.50e3" and "1500" give the same text: two numbers are equal exactly if these are.
std::string canonical_decimal(std::string_view number);

}  // namespace innkeeper::testing
