#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// An exact decimal number for counters: 17.75 - 15.14 is 2.61. It is a whole number of 1e-34ths in
/// 256 bits. That covers every valid value (at most 1e21, at most 34 digits after the point) and
/// every sum of two. Most numbers are short; those are held as 1e-9ths in 64 bits, which is several
/// times faster. A value type: any thread.
namespace innkeeper::proto {

class decimal {
 public:
  decimal() = default;
  explicit decimal(std::int64_t whole);

  /// Parses [+-]digits[.digits][e[+-]digits]. The digits before or after the point may be missing
  /// ("5.", ".5"), not both. Nothing for any other text, for more than 34 digits after the point,
  /// or beyond +-1e40.
  static std::optional<decimal> parse(std::string_view text);

  /// The number's digits without exponent: "-0.25", "1000000000000000000000".
  std::string text() const;

  /// True if this is a valid counter value: within +-1e21 and of at most 34 significant digits.
  bool is_counter_value() const;

  friend decimal operator+(const decimal& a, const decimal& b);
  friend bool operator==(const decimal& a, const decimal& b) {
    const bool both_wide = a.wide_ && b.wide_;
    return both_wide ? *a.wide_ == *b.wide_ : a.short_ == b.short_ && a.wide_ == b.wide_;
  }

 private:
  using integer = boost::multiprecision::int256_t;

  explicit decimal(const integer& units);

  /// In 1e-34ths.
  integer units() const;

  /// In 1e-9ths; never the smallest 64-bit number, so that it can be negated.
  std::int64_t short_ = 0;
  /// In 1e-34ths; null if `short_` holds the number, otherwise `short_` is 0. A pointer, so that
  /// short numbers stay small.
  std::shared_ptr<const integer> wide_;
};

/// Whether `text` has the form of a number for decimal::parse, whatever its size.
bool is_decimal_text(std::string_view text);

/// A JSON number as JavaScript reads it, in its shortest decimal form without exponent. "1.50" and
/// "15e-1" give "1.5", "-0" gives "0". Nothing if the result exceeds `length_max` characters.
std::optional<std::string> canonical_number(std::string_view number, std::size_t length_max);

}  // namespace innkeeper::proto
