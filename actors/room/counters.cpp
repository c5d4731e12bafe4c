#include "actors/room/counters.hpp"

namespace innkeeper::room {

std::optional<proto::protocol_error> counters::add(const std::string& name,
                                                   const proto::decimal& change,
                                                   const proto::limits& bounds) {
  const auto found = values_.find(name);
  if (found == values_.end() && proto::is_over(values_.size() + 1, bounds.counters)) {
    return proto::protocol_error{
        proto::error_code::limit,
        "A room may have at most " + std::to_string(bounds.counters) + " counters."};
  }
  const auto sum = (found == values_.end() ? proto::decimal() : found->second) + change;
  if (!sum.is_counter_value()) {
    return proto::protocol_error{
        proto::error_code::limit,
        "A counter has to stay within 1e21 and 34 significant digits; it is left as it was."};
  }
  if (found == values_.end()) {
    values_.emplace(name, sum);
  } else {
    found->second = sum;
  }
  return std::nullopt;
}

}  // namespace innkeeper::room
