#pragma once

#include <optional>
#include <string_view>

/// The demo pages, built into the binary from web/. Any thread.
namespace innkeeper::transport {

/// The HTML of a path like "/chat"; nothing if there is no such page.
std::optional<std::string_view> web_page(std::string_view path);

}  // namespace innkeeper::transport
