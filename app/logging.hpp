#pragma once

#include <string>

#include "health/monitor.hpp"

/// The log on stderr. Any thread, once it has been started by main's.
namespace innkeeper::app {

/// `level`: debug, info, warn, error or off.
void start_logging(const std::string& level);
/// A line of the health monitor.
void log_trouble(health::severity how, const std::string& text);

}  // namespace innkeeper::app
