#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "proto/limits.hpp"

/// The description of each limit. The command line's flags and help are made from it, and a test
/// compares it with the table of docs/security.md. Values: any thread.
namespace innkeeper::proto {

enum class limit_unit { count, bytes, milliseconds };

struct limit_entry {
  /// Without the leading dashes.
  std::string_view flag;
  std::size_t limits::*value;
  limit_unit unit = limit_unit::count;
  /// What is limited, e.g. "bytes of one client message".
  std::string_view what;
  /// What happens at the first one above the limit.
  std::string_view beyond;
  std::string_view reason;

  /// "INNKEEPER_MESSAGE_BYTES" for "message-bytes".
  std::string variable() const;
  /// The default, for people: "1 MiB", "10 s", "128", "none".
  std::string default_text() const;
};

/// One heading of the help, e.g. "one message".
struct limit_group {
  std::string_view about;
  std::span<const limit_entry> entries;
};

std::span<const limit_group> limit_groups();

/// The value, for people, in the largest unit that divides it; "none" for 0.
std::string limit_text(std::size_t value, limit_unit unit);

}  // namespace innkeeper::proto
