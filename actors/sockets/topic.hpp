#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// The target of subscriptions and published frames: an event with all its ids, or with one.
/// Written `event` or `event:id`, split at the first colon. A value type: any thread.
namespace innkeeper::sockets {

/// The id that stands for every id of an event.
inline constexpr std::string_view every_id = "all";

struct topic {
  topic() = default;
  explicit topic(std::string of_event, std::optional<std::string> one_id = std::nullopt)
      : event(std::move(of_event)), id(std::move(one_id)) {}

  std::string event;
  /// Nothing means every id (also written `event:` and `event:all`).
  std::optional<std::string> id;

  friend bool operator==(const topic&, const topic&) = default;
};

/// Nothing if the event is empty. White space is kept.
std::optional<topic> parse_topic(std::string_view text);

}  // namespace innkeeper::sockets
