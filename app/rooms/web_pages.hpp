#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The demo pages, built into the binary from web/. Any thread.
namespace innkeeper::app {

/// The paths that have one.
std::vector<std::string_view> web_page_paths();

/// The HTML of a path like "/chat"; nothing if there is no such page.
std::optional<std::string_view> web_page(std::string_view path);

/// The value of Content-Security-Policy under which exactly this page's own scripts and styles
/// work.
std::string content_policy(std::string_view html);

}  // namespace innkeeper::app
