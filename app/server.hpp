#pragma once

#include "app/object_kinds.hpp"
#include "app/options.hpp"

/// The composition root: makes every part, hands each what it needs, and ends them in order.
namespace innkeeper::app {

/// Runs until SIGTERM or SIGINT. The process's exit code: 0 after an orderly end, 1 if the server
/// could not start or had to give up; the reason is on stderr.
int serve(const serve_options& options, object_kinds kinds = {});

}  // namespace innkeeper::app
