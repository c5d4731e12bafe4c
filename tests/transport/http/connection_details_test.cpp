#include "transport/http/connection_details.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "proto/limits.hpp"

namespace innkeeper::transport {
namespace {

std::string told(const std::vector<std::pair<std::string, std::string>>& headers,
                 bool behind_proxy = true) {
  remote_client who;
  who.address = boost::asio::ip::make_address("192.0.2.7");
  who.behind_proxy = behind_proxy;
  http_request request;
  for (const auto& [name, value] : headers) request.insert(name, value);
  return connection_details(who, request, nullptr);
}

TEST_CASE("a client is told its address") {
  CHECK(told({}) == R"({"clientIp":"192.0.2.7"})");
}

TEST_CASE("Cloudflare's headers become the fields of request.cf, if a trusted proxy sends them") {
  CHECK(told({{"CF-IPCountry", "NL"}, {"cf-ipcity", "Den \"Haag\""}}) ==
        R"({"clientIp":"192.0.2.7","country":"NL","city":"Den \"Haag\""})");
  CHECK(told({{"CF-IPCountry", "NL"}}, false) == R"({"clientIp":"192.0.2.7"})");
}

TEST_CASE("a header that is too long or no UTF-8 is left out") {
  const std::string longest(proto::place_field_bytes_max, 'x');
  CHECK(told({{"cf-ipcity", longest}}) ==
        R"({"clientIp":"192.0.2.7","city":")" + longest + R"("})");
  CHECK(told({{"cf-ipcity", longest + "x"}}) == told({}));
  CHECK(told({{"cf-ipcity", "\xFF"}}) == told({}));
}

}  // namespace
}  // namespace innkeeper::transport
