#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "proto/decimal.hpp"
#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// A room's counters: exact decimals by name. No I/O. On the room's loop.
namespace innkeeper::room {

class counters {
 public:
  /// Sets a counter to its stored value. Cheapest in the order of names.
  void restore(std::string_view name, const proto::decimal& value) {
    values_.insert_or_assign(values_.end(), std::string(name), value);
  }

  /// Adds `change` and returns the counter's value; a new counter starts at 0. An error if the
  /// result is no valid counter value, or if there would be too many counters. Then nothing has
  /// changed.
  std::variant<proto::protocol_error, proto::decimal> add(const std::string& name,
                                                          const proto::decimal& change,
                                                          const proto::limits& bounds);

  const std::map<std::string, proto::decimal, std::less<>>& all() const { return values_; }

 private:
  std::map<std::string, proto::decimal, std::less<>> values_;
};

}  // namespace innkeeper::room
