// SHA-256 as lower-case hex: object ids and admin keys of the rooms protocol are made of it.
#pragma once

#include <string>
#include <string_view>

namespace innkeeper::testing {

std::string sha256_hex(std::string_view bytes);

}  // namespace innkeeper::testing
