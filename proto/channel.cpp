#include "proto/channel.hpp"

namespace innkeeper::proto {

std::optional<channel> parse_channel(std::string_view text) {
  const auto colon = text.find(':');
  const auto event = text.substr(0, colon);
  if (event.empty()) return std::nullopt;
  channel parsed{std::string(event)};
  if (colon != std::string_view::npos) {
    const auto id = text.substr(colon + 1);
    if (!id.empty() && id != every_id) parsed.id = std::string(id);
  }
  return parsed;
}

}  // namespace innkeeper::proto
