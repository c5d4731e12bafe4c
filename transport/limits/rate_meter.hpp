#pragma once

#include "proto/rate_meter.hpp"
#include "transport/limits/rate_guard.hpp"

/// The rate meter of proto/ by the names that sessions and the gateway use.
namespace innkeeper::transport {

using proto::pace;
using proto::rate_meter;

}  // namespace innkeeper::transport
