#include "tests/e2e/percent_coding.hpp"

#include <cctype>
#include <charconv>

namespace innkeeper::testing {
namespace {

char byte_of_hex(std::string_view two) {
  unsigned value = 0;
  std::from_chars(two.data(), two.data() + two.size(), value, 16);
  return static_cast<char>(value);
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      result += c;
    } else {
      result += '%';
      result += digits[byte >> 4];
      result += digits[byte & 15];
    }
  }
  return result;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      result += byte_of_hex(text.substr(i + 1, 2));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string bytes_of_hex(std::string_view hex) {
  std::string result;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    while (hex[i] == ' ') {
      ++i;
    }
    result += byte_of_hex(hex.substr(i, 2));
  }
  return result;
}

}  // namespace innkeeper::testing
