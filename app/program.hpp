#pragma once

#include "app/object_kinds.hpp"

/// The whole program behind main: the command line, and what it asks for.
namespace innkeeper::app {

/// What main returns. `kinds` are served beside rooms.
int run(int argc, const char* const* argv, const object_kinds& kinds = {});

}  // namespace innkeeper::app
