#include "transport/gateway/metrics.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

TEST_CASE("messages are counted once, however often they are asked for") {
  metrics watched;
  const auto says = [&](const char* line) {
    return watched.text().find(line) != std::string::npos;
  };
  CHECK(says("innkeeper_messages_total 0\n"));
  watched.message_received();
  watched.message_received();
  CHECK(says("innkeeper_messages_total 2\n"));
  CHECK(says("innkeeper_messages_total 2\n"));
  watched.message_received();
  CHECK(says("innkeeper_messages_total 3\n"));
}

}  // namespace
}  // namespace innkeeper::transport
