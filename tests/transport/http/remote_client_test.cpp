#include "transport/http/remote_client.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <utility>

using namespace innkeeper::transport;
using boost::asio::ip::make_address;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

http_request request_with(const headers& all) {
  http_request request;
  for (const auto& [name, value] : all) request.insert(name, value);
  return request;
}

address_set trusted() {
  address_set set;
  set.add("10.0.0.0/8");
  set.add("2001:db8::/32");
  return set;
}

std::string client_of(const headers& all, const std::string& from = "10.0.0.1") {
  return resolve_remote_client(request_with(all), {make_address(from), false}, trusted())
      .address.to_string();
}

bool is_secure(const headers& all, const std::string& from, bool tls = false) {
  return resolve_remote_client(request_with(all), {make_address(from), tls}, trusted()).secure;
}

origin_kind kind_of(const std::string& origin, const std::string& host,
                    const std::vector<std::string>& listed = {}, bool secure = false) {
  return origin_of(request_with({{"Origin", origin}, {"Host", host}}), secure, listed);
}

}  // namespace

TEST_CASE("whoever is no trusted proxy is the client, whatever it says") {
  CHECK(client_of({{"X-Forwarded-For", "192.0.2.1"}}, "203.0.113.5") == "203.0.113.5");
  CHECK_FALSE(is_secure({{"X-Forwarded-Proto", "https"}}, "203.0.113.5"));
  CHECK(is_secure({}, "203.0.113.5", true));
}

TEST_CASE("behind trusted proxies the client is the rightmost address that is none of them") {
  CHECK(client_of({{"X-Forwarded-For", "192.0.2.1"}}) == "192.0.2.1");
  CHECK(client_of({{"X-Forwarded-For", "6.6.6.6, 192.0.2.1, 10.0.0.2"}}) == "192.0.2.1");
  CHECK(client_of({{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "192.0.2.1"}}) ==
        "192.0.2.1");
  CHECK(client_of({{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}) == "10.0.0.3");
  CHECK(client_of({}) == "10.0.0.1");
}

TEST_CASE("forwarded addresses may have ports and brackets") {
  CHECK(client_of({{"X-Forwarded-For", "192.0.2.1:4711"}}) == "192.0.2.1");
  CHECK(client_of({{"X-Forwarded-For", "[2001:db9::1]:80"}}) == "2001:db9::1");
  CHECK(client_of({{"X-Forwarded-For", "2001:db9::1"}}) == "2001:db9::1");
  CHECK(client_of({{"X-Forwarded-For", "::ffff:192.0.2.9"}}) == "192.0.2.9");
}

TEST_CASE("what stands left of a bad forwarded value is not believed") {
  CHECK(client_of({{"X-Forwarded-For", "6.6.6.6, unknown"}}) == "10.0.0.1");
  CHECK(client_of({{"X-Forwarded-For", "6.6.6.6, , 10.0.0.2"}}) == "10.0.0.2");
  CHECK(client_of({{"X-Forwarded-For", "["}}) == "10.0.0.1");
}

TEST_CASE("a trusted proxy says whether the request came over TLS") {
  CHECK(is_secure({{"X-Forwarded-Proto", "https"}}, "10.0.0.1"));
  CHECK(is_secure({{"X-Forwarded-Proto", "http, HTTPS"}}, "10.0.0.1"));
  CHECK_FALSE(is_secure({{"X-Forwarded-Proto", "http"}}, "10.0.0.1", true));
  CHECK(is_secure({}, "10.0.0.1", true));
}

TEST_CASE("the scheme is the one at the client's own place in the chain of proxies") {
  const auto is_secure_behind = [](const std::string& chain, const std::string& schemes) {
    return is_secure({{"X-Forwarded-For", chain}, {"X-Forwarded-Proto", schemes}}, "10.0.0.1");
  };
  CHECK(is_secure_behind("203.0.113.9, 10.0.0.2", "https, http"));
  CHECK(is_secure_behind("203.0.113.9, 10.0.0.2", "https,HTTPS"));
  CHECK_FALSE(is_secure_behind("203.0.113.9, 10.0.0.2", "http, https"));
  CHECK(is_secure_behind("203.0.113.9, 10.0.0.3, 10.0.0.2", "https, http, http"));
  CHECK_FALSE(is_secure_behind("203.0.113.9, 10.0.0.3, 10.0.0.2", "http, https, https"));
}

TEST_CASE("a list of schemes that is shorter than the chain tells of the client at its left end") {
  const auto is_secure_behind = [](const std::string& schemes) {
    return is_secure(
        {{"X-Forwarded-For", "203.0.113.9, 10.0.0.3, 10.0.0.2"}, {"X-Forwarded-Proto", schemes}},
        "10.0.0.1");
  };
  CHECK(is_secure_behind("https"));
  CHECK_FALSE(is_secure_behind("http"));
  CHECK(is_secure_behind("https, http"));
  CHECK_FALSE(is_secure_behind("http, https"));
}

TEST_CASE("what a stranger writes to the left of both lists does not count") {
  const auto is_secure_behind = [](const std::string& chain, const std::string& schemes) {
    return is_secure({{"X-Forwarded-For", chain}, {"X-Forwarded-Proto", schemes}}, "10.0.0.1");
  };
  CHECK_FALSE(is_secure_behind("198.51.100.7, 203.0.113.9", "https, http"));
  CHECK(is_secure_behind("198.51.100.7, 203.0.113.9", "http, https"));
  CHECK(is_secure_behind("6.6.6.6, unknown, 10.0.0.2", "http, https"));
}

TEST_CASE("who is no trusted proxy and names a client speaks as a proxy") {
  const auto speaks = [](const headers& all, const std::string& from) {
    const auto request = request_with(all);
    return speaks_as_proxy(request,
                           resolve_remote_client(request, {make_address(from), false}, trusted()));
  };
  CHECK(speaks({{"x-forwarded-for", "192.0.2.1"}}, "203.0.113.5"));
  CHECK_FALSE(speaks({{"X-Forwarded-For", "192.0.2.1"}}, "10.0.0.1"));
  CHECK_FALSE(speaks({}, "203.0.113.5"));
}

TEST_CASE("a page that this server has served is its own, whatever the port's spelling") {
  CHECK(kind_of("https://example.org", "example.org") == origin_kind::own);
  CHECK(kind_of("http://Example.org:8080", "example.org:8080") == origin_kind::own);
  CHECK(kind_of("https://example.org", "example.org:443") == origin_kind::own);
  CHECK(origin_of(request_with({{"Host", "example.org"}}), false, {}) == origin_kind::own);
  CHECK(kind_of("https://example.org", "example.org", {}, true) == origin_kind::own);
  CHECK(kind_of("http://example.org", "example.org", {}, true) == origin_kind::foreign);
}

TEST_CASE("a page of another site is foreign unless it is listed") {
  const std::vector<std::string> listed{"https://app.example.org"};
  CHECK(kind_of("https://app.example.org", "rooms.example.org", listed) == origin_kind::listed);
  CHECK(kind_of("http://app.example.org", "rooms.example.org", listed) == origin_kind::foreign);
  CHECK(kind_of("https://evil.example", "example.org", listed) == origin_kind::foreign);
  CHECK(kind_of("https://rooms.example.org", "rooms.example.org", listed) == origin_kind::foreign);
  CHECK(origin_of(request_with({{"Host", "example.org"}}), false, listed) == origin_kind::own);
  CHECK(kind_of("https://example.org:8443", "example.org") == origin_kind::foreign);
  CHECK(kind_of("null", "example.org") == origin_kind::foreign);
  CHECK(kind_of("", "") == origin_kind::foreign);
}

TEST_CASE("a listed origin is compared in the form that browsers send") {
  const std::vector<std::string> listed{"https://app.example.org", "capacitor://localhost",
                                        "http://[::1]:3000"};
  CHECK(kind_of("HTTPS://App.example.org:443", "x", listed) == origin_kind::listed);
  CHECK(kind_of("capacitor://localhost", "x", listed) == origin_kind::listed);
  CHECK(kind_of("http://[0:0::1]:3000", "x", listed) == origin_kind::listed);
  for (const auto* other :
       {"https://app.example.org:8443", "https://app.example.org/", "https://x@app.example.org",
        "capacitor://localhost.evil.example", "capacitor://localhost:80", "null", "",
        "https://app.example.org https://evil.example"}) {
    CHECK(kind_of(other, "x", listed) == origin_kind::foreign);
  }
  CHECK(kind_of("null", "x", {"null"}) == origin_kind::listed);
}
