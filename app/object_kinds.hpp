#pragma once

#include <memory>
#include <vector>

#include "actors/sockets/socket_object.hpp"

namespace innkeeper::app {

/// Kinds of objects that a server is made with, beside rooms. Clients reach them by WebSocket
/// and HTTP, at /objects/KIND/NAME.
using object_kinds = std::vector<std::shared_ptr<const sockets::socket_kind>>;

}  // namespace innkeeper::app
