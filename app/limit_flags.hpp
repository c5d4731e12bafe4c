#pragma once

#include "proto/limits.hpp"

namespace CLI {
class App;
}

/// A flag and an environment variable for each limit. Only main's thread.
namespace innkeeper::app {

/// Parsing puts the values into `bounds`, which has to outlive `command`. A text that is none of
/// the limit's kind is a CLI::ValidationError that says what is allowed.
void add_limit_flags(CLI::App& command, proto::limits& bounds);

}  // namespace innkeeper::app
