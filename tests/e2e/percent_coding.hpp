// Percent-encoding as the tests need it, for queries and for reading cookies back.
#pragma once

#include <string>
#include <string_view>

namespace innkeeper::testing {

std::string percent_encoded(std::string_view text);
std::string percent_decoded(std::string_view text);
std::string bytes_of_hex(std::string_view hex);

}  // namespace innkeeper::testing
