#pragma once

#include "proto/limits.hpp"

/// How fast and how much clients may send, and how much may wait for them: of all limits those that
/// connections look at. Made once by the composition root: any thread.
namespace innkeeper::transport {

using connection_limits = proto::limits;
}  // namespace innkeeper::transport
