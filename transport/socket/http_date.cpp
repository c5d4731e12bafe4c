#include "transport/socket/http_date.hpp"

#include <array>
#include <cstddef>
#include <ctime>
#include <string_view>

namespace innkeeper::transport {
namespace {

// The C library's names depend on the locale; these never do.
constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string padded(int number, std::size_t digits) {
  const auto text = std::to_string(number);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

}  // namespace

std::string http_date(std::int64_t seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  constexpr int first_year = 1900;
  std::string text(days.at(static_cast<std::size_t>(parts.tm_wday)));
  text.append(", ").append(padded(parts.tm_mday, 2)).append(" ");
  text.append(months.at(static_cast<std::size_t>(parts.tm_mon))).append(" ");
  text.append(padded(first_year + parts.tm_year, 4)).append(" ");
  text.append(padded(parts.tm_hour, 2)).append(":").append(padded(parts.tm_min, 2)).append(":");
  return text.append(padded(parts.tm_sec, 2)).append(" GMT");
}

const std::string& current_http_date() {
  static thread_local std::time_t made_at = -1;
  static thread_local std::string text;
  const auto now = std::time(nullptr);
  if (now != made_at) {
    text = http_date(now);
    made_at = now;
  }
  return text;
}

}  // namespace innkeeper::transport
