#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "transport/websocket/upgrade_request.hpp"

/// What a request says about a room, as clients of the original server write it. A pure function:
/// any thread.
namespace innkeeper::app {

/// The room that a target asks for: its first parameter `room`, else "default".
std::variant<transport::http_fault, std::string> requested_room(std::string_view target);

}  // namespace innkeeper::app
