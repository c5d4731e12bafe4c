#include "app/rooms/web_pages.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace innkeeper::app;

TEST_CASE("every demo page has one script and one style that its policy can name") {
  for (const auto* path : {"/", "/chat", "/poll", "/ephemeral", "/livemap"}) {
    const auto policy = content_policy(*web_page(path));
    INFO(path << ": " << policy);
    CHECK(policy.find("script-src 'sha256-") != std::string::npos);
    CHECK(policy.find("style-src 'sha256-") != std::string::npos);
  }
}

TEST_CASE("a page's policy allows its own script and style by their hashes, and nothing else") {
  // Of the empty text, and of "x" (printf x | openssl dgst -sha256 -binary | base64).
  const auto policy = content_policy("<style></style><script type=\"module\">x</script>");
  CHECK(policy.find("script-src 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='") !=
        std::string::npos);
  CHECK(policy.find("style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='") !=
        std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
}
