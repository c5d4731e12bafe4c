#include "actors/room/counters.hpp"

namespace innkeeper::room {

std::variant<proto::protocol_error, proto::decimal> counters::add(const std::string& name,
                                                                  const proto::decimal& change,
                                                                  const proto::limits& bounds) {
  const auto place = values_.lower_bound(name);
  const bool is_new = place == values_.end() || place->first != name;
  if (is_new && proto::is_over(values_.size() + 1, bounds.counters)) {
    return proto::protocol_error{
        proto::error_code::limit,
        "A room may have at most " + std::to_string(bounds.counters) + " counters."};
  }
  const auto sum = is_new ? change : place->second + change;
  if (!sum.is_counter_value()) {
    return proto::protocol_error{
        proto::error_code::limit,
        "A counter has to stay within 1e21 and 34 significant digits; it is left as it was."};
  }
  if (is_new) {
    values_.emplace_hint(place, name, sum);
  } else {
    place->second = sum;
  }
  return sum;
}

}  // namespace innkeeper::room
