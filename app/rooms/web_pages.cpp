#include "app/rooms/web_pages.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

namespace innkeeper::app {
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

/// The CSP source of what stands between `begin` and `end` (CSP level 3, section 2.3.1).
std::string hash_source(std::string_view html, std::string_view begin, std::string_view end) {
  const auto from = html.find(begin);
  if (from == std::string_view::npos) return "'none'";
  auto text = html.substr(from + begin.size());
  text = text.substr(0, text.find(end));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    return "'none'";
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE * 2> base64{};
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
  return "'sha256-" + std::string(base64.begin(), base64.begin() + length) + "'";
}

}  // namespace

std::vector<std::string_view> web_page_paths() {
  std::vector<std::string_view> paths;
  for (const auto& each : pages) paths.push_back(each.first);
  return paths;
}

std::string content_policy(std::string_view html) {
  return "default-src 'none'; script-src " +
         hash_source(html, "<script type=\"module\">", "</script>") + "; style-src " +
         hash_source(html, "<style>", "</style>") +
         "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'";
}

std::optional<std::string_view> web_page(std::string_view path) {
  const auto* found = std::ranges::find(pages, path, &page::first);
  if (found == pages.end()) return std::nullopt;
  return found->second;
}

}  // namespace innkeeper::app
