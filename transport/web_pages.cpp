#include "transport/web_pages.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace innkeeper::transport {
namespace {

using page = std::pair<std::string_view, std::string_view>;

// clang-format off: each include is one string literal
constexpr std::array<page, 5> pages{{
    {
        "/",
#include "index.html.inc"
    },
    {
        "/chat",
#include "chat.html.inc"
    },
    {
        "/poll",
#include "poll.html.inc"
    },
    {
        "/ephemeral",
#include "ephemeral.html.inc"
    },
    {
        "/livemap",
#include "livemap.html.inc"
    },
}};
// clang-format on

}  // namespace

std::optional<std::string_view> web_page(std::string_view path) {
  const auto* found = std::ranges::find(pages, path, &page::first);
  if (found == pages.end()) return std::nullopt;
  return found->second;
}

}  // namespace innkeeper::transport
