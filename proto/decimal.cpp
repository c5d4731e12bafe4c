#include "proto/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>

#include "proto/ascii.hpp"

namespace innkeeper::proto {
namespace {

constexpr long fraction_digits = 34;
constexpr long short_fraction_digits = 9;
constexpr long whole_digits_max = 40;
constexpr std::size_t significant_digits_max = 34;

/// 10^exponent, as far as 64 bits can hold it.
constexpr auto short_powers = [] {
  std::array<std::int64_t, 19> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

constexpr auto short_unit = short_powers[short_fraction_digits];

/// Nothing if the product exceeds 64 bits, or is their smallest number.
std::optional<std::int64_t> short_product(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  const bool overflows = __builtin_mul_overflow(a, b, &product);
  if (overflows || product == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  return product;
}

/// A number as significant digits (no zero at either end, none at all for zero) times 10^power.
struct scientific {
  bool negative = false;
  std::string digits;
  long power = 0;
};

std::string_view take_digits(std::string_view& rest) {
  const auto* end = std::ranges::find_if_not(rest, is_digit);
  const auto taken = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(taken.size());
  return taken;
}

/// Parses the exponent after `e`; one that is too long becomes +-1e9.
std::optional<long> take_exponent(std::string_view& rest) {
  if (rest.empty() || (rest.front() != 'e' && rest.front() != 'E')) return 0;
  rest.remove_prefix(1);
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const auto digits = take_digits(rest);
  if (digits.empty()) return std::nullopt;
  constexpr long far = 1'000'000'000;
  long exponent = 0;
  const auto [_, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (error != std::errc{} || exponent > far) exponent = far;
  return negative ? -exponent : exponent;
}

void strip_zeros(scientific& number) {
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  while (!number.digits.empty() && number.digits.back() == '0') {
    number.digits.pop_back();
    ++number.power;
  }
  if (number.digits.empty()) number = {};
}

std::optional<scientific> parse_scientific(std::string_view rest) {
  scientific number;
  number.negative = rest.starts_with('-');
  if (number.negative || rest.starts_with('+')) rest.remove_prefix(1);
  const auto whole = take_digits(rest);
  std::string_view fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const auto exponent = take_exponent(rest);
  if (!exponent || !rest.empty()) return std::nullopt;
  number.digits.append(whole).append(fraction);
  number.power = *exponent - static_cast<long>(fraction.size());
  strip_zeros(number);
  return number;
}

std::optional<std::int64_t> one_to_nine_digits(std::string_view text) {
  constexpr std::size_t digits_max = 9;
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// The fast path for most counters and changes: a few digits, with or without a point. In 1e-9ths.
std::optional<std::int64_t> parse_short(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = one_to_nine_digits(text.substr(0, point));
  if (!whole) return std::nullopt;
  auto units = *whole * short_unit;
  if (point != std::string_view::npos) {
    const auto behind = text.substr(point + 1);
    const auto fraction = one_to_nine_digits(behind);
    if (!fraction) return std::nullopt;
    units += *fraction * short_powers.at(short_fraction_digits - behind.size());
  }
  return negative ? -units : units;
}

/// The number in 1e-9ths; nothing if 64 bits cannot hold it exactly.
std::optional<std::int64_t> in_short(const scientific& number) {
  const auto exponent = number.power + short_fraction_digits;
  const bool few_digits = number.digits.size() <= std::numeric_limits<std::int64_t>::digits10;
  if (!few_digits || exponent < 0 || exponent >= static_cast<long>(short_powers.size())) {
    return std::nullopt;
  }
  std::int64_t digits = 0;
  std::from_chars(number.digits.data(), number.digits.data() + number.digits.size(), digits);
  const auto power = short_powers.at(static_cast<std::size_t>(exponent));
  return short_product(number.negative ? -digits : digits, power);
}

/// The number of 1e-34ths in a 1e-9th.
const boost::multiprecision::int256_t& units_of_a_short() {
  static const boost::multiprecision::int256_t units = boost::multiprecision::pow(
      boost::multiprecision::int256_t(10), fraction_digits - short_fraction_digits);
  return units;
}

/// Digits without exponent. The caller has bounded `power`.
std::string plain_text(const scientific& number) {
  if (number.digits.empty()) return "0";
  std::string text = number.digits;
  if (number.power >= 0) {
    text.append(static_cast<std::size_t>(number.power), '0');
  } else {
    const auto behind = static_cast<std::size_t>(-number.power);
    if (text.size() <= behind) text.insert(0, behind - text.size() + 1, '0');
    text.insert(text.size() - behind, 1, '.');
  }
  return number.negative ? "-" + text : text;
}

}  // namespace

decimal::decimal(std::int64_t whole)
    : decimal(integer(integer(whole) * boost::multiprecision::pow(integer(10), fraction_digits))) {}

decimal::decimal(const integer& units) {
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  const integer whole = units / units_of_a_short();
  if (abs(whole) <= max && whole * units_of_a_short() == units) {
    short_ = static_cast<std::int64_t>(whole);
  } else {
    wide_ = std::make_shared<const integer>(units);
  }
}

decimal::integer decimal::units() const {
  return wide_ ? *wide_ : integer(integer(short_) * units_of_a_short());
}

decimal operator+(const decimal& a, const decimal& b) {
  decimal sum;
  const bool fits =
      !a.wide_ && !b.wide_ && !__builtin_add_overflow(a.short_, b.short_, &sum.short_);
  if (fits && sum.short_ != std::numeric_limits<std::int64_t>::min()) return sum;
  return decimal(decimal::integer(a.units() + b.units()));
}

std::optional<decimal> decimal::parse(std::string_view text) {
  if (const auto units = parse_short(text)) {
    decimal made;
    made.short_ = *units;
    return made;
  }
  const auto number = parse_scientific(text);
  if (!number) return std::nullopt;
  if (const auto value = in_short(*number)) {
    decimal made;
    made.short_ = *value;
    return made;
  }
  const long whole_digits = static_cast<long>(number->digits.size()) + number->power;
  if (number->power < -fraction_digits || whole_digits > whole_digits_max) return std::nullopt;
  integer units(number->digits);
  units *= boost::multiprecision::pow(integer(10),
                                      static_cast<unsigned>(number->power + fraction_digits));
  return decimal(number->negative ? integer(-units) : units);
}

std::string decimal::text() const {
  if (!wide_ && short_ % short_unit == 0) return std::to_string(short_ / short_unit);
  scientific number;
  if (wide_) {
    number = {*wide_ < 0, integer(abs(*wide_)).str(), -fraction_digits};
  } else {
    number = {short_ < 0, std::to_string(std::abs(short_)), -short_fraction_digits};
  }
  strip_zeros(number);
  return plain_text(number);
}

bool decimal::is_counter_value() const {
  if (!wide_) return true;
  static const integer bound =
      boost::multiprecision::pow(integer(10), static_cast<unsigned>(21 + fraction_digits));
  if (abs(*wide_) > bound) return false;
  scientific number{false, integer(abs(*wide_)).str(), 0};
  strip_zeros(number);
  return number.digits.size() <= significant_digits_max;
}

bool is_decimal_text(std::string_view text) {
  return parse_scientific(text).has_value();
}

std::optional<std::string> canonical_number(std::string_view number, std::size_t length_max) {
  double value = 0;
  const auto* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  std::array<char, 32> shortest{};  // the longest is 24: -1.2345678901234567e-308
  const auto written = std::to_chars(shortest.data(), shortest.data() + shortest.size(), value,
                                     std::chars_format::scientific);
  const auto parsed = parse_scientific({shortest.data(), written.ptr});
  if (!parsed) return std::nullopt;
  const auto magnitude = static_cast<std::size_t>(std::abs(parsed->power));
  if (parsed->digits.size() > length_max || magnitude > length_max) return std::nullopt;
  auto text = plain_text(*parsed);
  if (text.size() > length_max) return std::nullopt;
  return text;
}

}  // namespace innkeeper::proto
