#pragma once

#include <memory>
#include <vector>

#include "actors/sockets/socket_object.hpp"
#include "app/options.hpp"

/// The composition root: makes every part, hands each what it needs, and ends them in order.
namespace innkeeper::app {

using object_kinds = std::vector<std::shared_ptr<const sockets::socket_kind>>;

/// Runs until SIGTERM or SIGINT. The process's exit code: 0 after an orderly end, 1 if the server
/// could not start or had to give up; the reason is on stderr. Clients reach objects of `kinds` by
/// WebSocket and HTTP, at /objects/KIND/NAME.
int serve(const serve_options& options, object_kinds kinds = {});

}  // namespace innkeeper::app
