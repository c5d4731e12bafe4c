#include "app/logging.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace innkeeper::app {

void start_logging(const std::string& level) {
  auto logger = spdlog::stderr_color_mt("innkeeper");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

void log_trouble(health::severity how, const std::string& text) {
  switch (how) {
    case health::severity::info:
      return spdlog::info(text);
    case health::severity::warning:
      return spdlog::warn(text);
    case health::severity::error:
      return spdlog::error(text);
  }
}

}  // namespace innkeeper::app
