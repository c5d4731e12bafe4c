#include "actors/sockets/topic.hpp"

namespace innkeeper::sockets {

std::optional<topic> parse_topic(std::string_view text) {
  const auto colon = text.find(':');
  const auto event = text.substr(0, colon);
  if (event.empty()) return std::nullopt;
  topic parsed{std::string(event)};
  if (colon != std::string_view::npos) {
    const auto id = text.substr(colon + 1);
    if (!id.empty() && id != every_id) parsed.id = std::string(id);
  }
  return parsed;
}

}  // namespace innkeeper::sockets
