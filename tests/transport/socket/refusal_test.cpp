#include "transport/socket/refusal.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace innkeeper::transport;

TEST_CASE("a refusal says what is wrong, how long that is and when it was said, and ends") {
  const auto text = refusal_bytes(503, "This room is full.", "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(text.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  CHECK(text.ends_with("\r\n\r\nThis room is full."));
  for (const auto* line :
       {"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "Content-Length: 18\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n", "Connection: close\r\n"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("only a refusal that will pass says when to come again") {
  const auto says_when = [](unsigned int status) {
    return refusal_bytes(status, "No.", "now").find("Retry-After: ") != std::string::npos;
  };
  CHECK(says_when(429));
  CHECK(says_when(503));
  CHECK_FALSE(says_when(403));
  CHECK_FALSE(says_when(404));
}
