#include "app/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "proto/ascii.hpp"

namespace innkeeper::app {
namespace {

/// Far beyond anything sensible, and small enough for sums of two. What an option may say at all.
constexpr std::uint64_t limit_max = std::uint64_t{1} << 40;
constexpr std::uint64_t duration_ms_max = std::uint64_t{3650} * 24 * 3600 * 1000;

struct unit_name {
  std::string_view name;
  std::uint64_t factor;
};

/// Case counts: Kib are bits, and M is no minute.
constexpr std::array<unit_name, 7> sizes{{{"B", 1},
                                          {"KiB", 1U << 10},
                                          {"kib", 1U << 10},
                                          {"MiB", 1U << 20},
                                          {"mib", 1U << 20},
                                          {"GiB", 1U << 30},
                                          {"gib", 1U << 30}}};
constexpr std::array<unit_name, 5> times{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

constexpr auto blanks = proto::blanks_and_line_ends;

struct number_and_unit {
  /// The largest number there is, if the digits say more.
  std::uint64_t number = 0;
  /// Without blanks around it.
  std::string_view unit;
};

/// Nothing if the text does not begin with a digit.
std::optional<number_and_unit> take_apart(std::string_view text) {
  text = proto::trimmed(text, blanks);
  const auto digits =
      static_cast<std::size_t>(std::ranges::find_if_not(text, proto::is_digit) - text.begin());
  if (digits == 0) return std::nullopt;
  number_and_unit parts{0, proto::trimmed(text.substr(digits), blanks)};
  const auto read = std::from_chars(text.data(), text.data() + digits, parts.number);
  if (read.ec != std::errc{}) parts.number = std::numeric_limits<std::uint64_t>::max();
  return parts;
}

/// Nothing if the unit is none of these. `bare` is the factor where none is written, 0: none has to
/// be missing. What would overflow is the largest number there is.
std::optional<std::uint64_t> value_of(std::string_view text, std::span<const unit_name> units,
                                      std::uint64_t bare) {
  const auto parts = take_apart(text);
  if (!parts) return std::nullopt;
  auto factor = bare;
  if (!parts->unit.empty()) {
    const auto found = std::ranges::find(units, parts->unit, &unit_name::name);
    if (found == units.end()) return std::nullopt;
    factor = found->factor;
  }
  if (factor == 0) return std::nullopt;
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return parts->number > most / factor ? most : parts->number * factor;
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string no_limit_of(std::string_view text, proto::limit_unit unit) {
  switch (unit) {
    case proto::limit_unit::bytes:
      return quoted(text) +
             " is no number of bytes; write digits alone, or with one of the units B, KiB, MiB and "
             "GiB, like 65536, 64 KiB or 1 MiB, or none for no limit";
    case proto::limit_unit::milliseconds:
      return quoted(text) +
             " is no time; write digits alone for milliseconds, or one of the units ms, s, m, h "
             "and d, like 500 ms or 10 s, or none for no limit";
    case proto::limit_unit::count:
      break;
  }
  return quoted(text) + " is no count; write digits alone, like 500, or none for no limit";
}

std::string too_large(std::string_view text, proto::limit_unit unit) {
  const bool size = unit == proto::limit_unit::bytes;
  return quoted(text) + " is too large; the largest " + (size ? "number of bytes" : "value") +
         " is " + (size ? "1024 GiB (units: B, KiB, MiB, GiB)" : std::to_string(limit_max));
}

reading<std::chrono::milliseconds> duration_of(std::string_view text, std::uint64_t bare) {
  const auto value = value_of(text, times, bare);
  if (value && *value > 0 && *value <= duration_ms_max) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(*value));
  }
  if (value) {
    return quoted(text) + (*value == 0 ? " is no time at all; write more than 0, like 10s"
                                       : " is too long; write at most 3650d");
  }
  return quoted(text) + (bare == 0 ? " is no duration; write one like 500ms, 10s, 5m, 1h or 30d"
                                   : " is no number of milliseconds; write digits, like 5000, or "
                                     "a duration like 5s");
}

}  // namespace

reading<std::size_t> read_count(std::string_view text, std::string_view what, std::size_t most) {
  const auto parts = take_apart(text);
  if (parts && parts->unit.empty() && parts->number <= most) {
    return static_cast<std::size_t>(parts->number);
  }
  return quoted(text) + " is no " + std::string(what) + "; write digits alone, from 0 to " +
         std::to_string(most);
}

reading<std::size_t> read_limit(std::string_view text, proto::limit_unit unit) {
  if (proto::trimmed(text, blanks) == "none") return std::size_t{0};
  std::span<const unit_name> units;
  if (unit == proto::limit_unit::bytes) units = sizes;
  if (unit == proto::limit_unit::milliseconds) units = times;
  const auto value = value_of(text, units, 1);
  if (!value) return no_limit_of(text, unit);
  if (*value > limit_max) return too_large(text, unit);
  return static_cast<std::size_t>(*value);
}

reading<std::chrono::milliseconds> read_duration(std::string_view text) {
  return duration_of(text, 0);
}

reading<std::chrono::milliseconds> read_milliseconds(std::string_view text) {
  return duration_of(text, 1);
}

}  // namespace innkeeper::app
