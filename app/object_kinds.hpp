#pragma once

#include <memory>
#include <vector>

#include "actors/durable/durable_object.hpp"

namespace innkeeper::app {

/// Kinds of objects that a server is made with, beside rooms. Clients reach them by WebSocket, at
/// /objects/KIND/NAME; they speak in the messages of actors/sockets.
using object_kinds = std::vector<std::shared_ptr<const durable::object_kind>>;

}  // namespace innkeeper::app
