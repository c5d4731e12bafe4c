#include "app/rooms/room_request.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"
#include "transport/http/request_parts.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;
using namespace innkeeper::app;

http_request get(std::string_view target) {
  http_request request(http::verb::get, boost::beast::string_view(target.data(), target.size()),
                       11);
  request.set(http::field::host, "localhost");
  return request;
}

http_request with_cookies(const std::string& cookies, std::string_view target = "/websocket") {
  auto request = get(target);
  request.set(http::field::cookie, cookies);
  return request;
}

http_request upgrade() {
  auto request = get("/websocket");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::connection, "Upgrade");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
  return request;
}

/// What a request names, or the status that refuses it.
std::string named(const std::variant<http_fault, std::string>& outcome) {
  if (const auto* fault = std::get_if<http_fault>(&outcome)) {
    CHECK_FALSE(fault->sentence.empty());
    return std::to_string(static_cast<unsigned>(fault->status));
  }
  return std::get<std::string>(outcome);
}

std::string room_of(std::string_view target) {
  return named(requested_room(target));
}

// ---- target

TEST_CASE("a target's path ends where its query begins") {
  CHECK(path_of("/websocket?room=a?b") == "/websocket");
  CHECK(path_of("/details") == "/details");
  CHECK(path_of("/?") == "/");
  CHECK(path_of("") == "");
}

TEST_CASE("the first parameter of a name counts") {
  CHECK(query_parameter("/w?a=1&b=2&a=3", "a") == "1");
  CHECK(query_parameter("/w?a=1&b=2&a=3", "b") == "2");
  CHECK(query_parameter("/w?a=&a=3", "a") == "");
  CHECK(query_parameter("/w?a&b", "a") == "");
  CHECK(query_parameter("/w?b=a=1&a=x=y", "a") == "x=y");
  CHECK(query_parameter("/w?&&=3", "") == "3");
}

TEST_CASE("a parameter that is not there is none") {
  CHECK_FALSE(query_parameter("/w", "a").has_value());
  CHECK_FALSE(query_parameter("/w?", "a").has_value());
  CHECK_FALSE(query_parameter("/a=1?b=2", "a").has_value());
  CHECK_FALSE(query_parameter("/w?aa=1&A=2", "a").has_value());
}

TEST_CASE("a parameter is form-decoded, its name too") {
  CHECK(query_parameter("/w?a=x+y%20z", "a") == "x y z");
  CHECK(query_parameter("/w?a=%2B%26%3d%C3%a9", "a") == "+&=\xC3\xA9");
  CHECK(query_parameter("/w?%61=1", "a") == "1");
  CHECK(query_parameter("/w?a+b=1", "a b") == "1");
}

TEST_CASE("a bad percent sign in a parameter stays as it is") {
  CHECK(query_parameter("/w?a=100%", "a") == "100%");
  CHECK(query_parameter("/w?a=%4", "a") == "%4");
  CHECK(query_parameter("/w?a=%zz%41", "a") == "%zzA");
  CHECK(query_parameter("/w?a=%%41", "a") == "%A");
  CHECK(query_parameter("/w?a=%25%32%35", "a") == "%25");
}

// ---- room

TEST_CASE("a room is asked for by its form-decoded name, case and all") {
  CHECK(room_of("/websocket?room=lobby") == "lobby");
  CHECK(room_of("/websocket?room=Lobby") == "Lobby");
  CHECK(room_of("/websocket?session=s&room=a+b%20c") == "a b c");
  CHECK(room_of("/websocket?room=a&room=b") == "a");
}

TEST_CASE("a room that is missing or empty is the default one") {
  CHECK(room_of("/websocket") == "default");
  CHECK(room_of("/websocket?") == "default");
  CHECK(room_of("/websocket?room") == "default");
  CHECK(room_of("/websocket?room=") == "default");
  CHECK(room_of("/websocket?Room=x") == "default");
}

TEST_CASE("a room's name has 255 bytes once decoded and not 256") {
  std::string encoded;
  for (std::size_t i = 0; i < proto::room_name_bytes_max; ++i) encoded += "%72";
  CHECK(room_of("/websocket?room=" + encoded) == std::string(proto::room_name_bytes_max, 'r'));
  CHECK(room_of("/websocket?room=" + encoded + "r") == "400");
}

TEST_CASE("a room's name with a control character or of invalid UTF-8 is answered 400") {
  for (const auto* name : {"a%00", "%0A", "%7F", "%C2%85", "%FF", "%C3"}) {
    CHECK(room_of("/websocket?room=" + std::string(name)) == "400");
  }
}

// ---- cookies

TEST_CASE("a cookie is found among others, whatever space stands around it") {
  const auto request = with_cookies("x=1; \ta = b ;c=d=e;aa=2");
  CHECK(cookie(request, "x") == "1");
  CHECK(cookie(request, "a") == "b");
  CHECK(cookie(request, "c") == "d=e");
  CHECK_FALSE(cookie(request, "A").has_value());
  CHECK_FALSE(cookie(get("/"), "a").has_value());
}

TEST_CASE("the first of two cookies of a name wins, over two header lines too") {
  auto request = with_cookies("a=1; a=2");
  request.insert(http::field::cookie, "a=3; b=4");
  CHECK(cookie(request, "a") == "1");
  CHECK(cookie(request, "b") == "4");
}

TEST_CASE("quotes around a cookie's value are stripped") {
  CHECK(cookie(with_cookies(R"(a="b c")"), "a") == "b c");
  CHECK(cookie(with_cookies(R"(a="")"), "a") == "");
  CHECK(cookie(with_cookies(R"(a="b)"), "a") == R"("b)");
  CHECK(cookie(with_cookies(R"(a=")"), "a") == R"(")");
  CHECK(cookie(with_cookies(R"(a=b"c"d)"), "a") == R"(b"c"d)");
}

TEST_CASE("a cookie is percent-decoded, a plus stays, and a bad percent sign too") {
  CHECK(cookie(with_cookies("a=x%20y+z"), "a") == "x y+z");
  CHECK(cookie(with_cookies("a=%C3%A9%"), "a") == "\xC3\xA9%");
  CHECK(cookie(with_cookies("a=%4g%41"), "a") == "%4gA");
}

TEST_CASE("a cookie whose percent signs make no UTF-8 is taken as it stands there") {
  CHECK(cookie(with_cookies("a=%ff"), "a") == "%ff");
  CHECK(cookie(with_cookies("a=%C3%A9%c3"), "a") == "%C3%A9%c3");
}

// ---- upgrade

TEST_CASE("a WebSocket handshake as browsers send it can be accepted") {
  CHECK_FALSE(upgrade_fault(upgrade()).has_value());
  auto firefox = upgrade();
  firefox.set(http::field::connection, "keep-alive, Upgrade");
  CHECK_FALSE(upgrade_fault(firefox).has_value());
  auto shouting = upgrade();
  shouting.set(http::field::upgrade, "WebSocket");
  shouting.set(http::field::connection, "UPGRADE");
  CHECK_FALSE(upgrade_fault(shouting).has_value());
}

TEST_CASE("a request without an upgrade to WebSocket is told what was expected") {
  auto without = upgrade();
  without.erase(http::field::upgrade);
  auto other = upgrade();
  other.set(http::field::upgrade, "h2c");
  for (const auto& request : {get("/websocket"), without, other}) {
    const auto fault = upgrade_fault(request);
    REQUIRE(fault.has_value());
    CHECK(fault->status == http::status::bad_request);
    CHECK(fault->sentence == "expected websocket");
  }
}

TEST_CASE("a handshake without 'Connection: Upgrade' or 'Host', or in HTTP/1.0, is answered 400") {
  auto without = upgrade();
  without.erase(http::field::connection);
  auto keep_alive = upgrade();
  keep_alive.set(http::field::connection, "keep-alive");
  auto old = upgrade();
  old.version(10);
  auto hostless = upgrade();
  hostless.erase(http::field::host);
  for (const auto& request : {without, keep_alive, old, hostless}) {
    const auto fault = upgrade_fault(request);
    REQUIRE(fault.has_value());
    CHECK(fault->status == http::status::bad_request);
  }
}

TEST_CASE("a handshake of another WebSocket version is answered 426") {
  for (const auto* version : {"8", "14", "", "13, 8"}) {
    auto request = upgrade();
    request.set(http::field::sec_websocket_version, version);
    const auto fault = upgrade_fault(request);
    REQUIRE(fault.has_value());
    CHECK(fault->status == http::status::upgrade_required);
  }
}

TEST_CASE("a handshake whose key is not as long as 16 bytes in base64 is answered 400") {
  for (const auto* key : {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==="}) {
    auto request = upgrade();
    request.set(http::field::sec_websocket_key, key);
    const auto fault = upgrade_fault(request);
    REQUIRE(fault.has_value());
    CHECK(fault->status == http::status::bad_request);
  }
}

TEST_CASE("a path of an object names kind and name, and nothing else is one") {
  const auto shown = [](std::string_view target) {
    const auto path = path_of_object(target);
    return path ? path->kind + "|" + path->name + "|" + path->rest : "none";
  };
  CHECK(shown("/objects/kind/name") == "kind|name|");
  CHECK(shown("/objects/kind/name?a=/b") == "kind|name|");
  CHECK(shown("/objects/k%69nd/a%2Fb+c") == "kind|a/b+c|");
  CHECK(shown("/objects/kind/") == "kind||");
  CHECK(shown("/objects/a/b/c") == "a|b|/c");
  CHECK(shown("/objects/a/b/c%20/d?e") == "a|b|/c%20/d");
  for (const auto* other : {"/", "/objects", "/objects/", "/objects/kind", "/object/kind/name",
                            "/objects/kind?/name"}) {
    INFO(other);
    CHECK(shown(other) == "none");
  }
}

TEST_CASE("all parameters of a query are decoded, in order") {
  using pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(query_parameters("/x?a=1&b=+%2B&a=2&&c") ==
        pairs{{"a", "1"}, {"b", " +"}, {"a", "2"}, {"c", ""}});
  CHECK(query_parameters("/x").empty());
  CHECK(query_parameters("/x?").empty());
}

}  // namespace
TEST_CASE("a list in several lines is one list") {
  auto request = upgrade();
  request.erase(http::field::connection);
  request.insert(http::field::connection, "keep-alive");
  request.insert(http::field::connection, "Upgrade");
  join_lines(request, http::field::connection);
  CHECK(request.count(http::field::connection) == 1);
  CHECK(request[http::field::connection] == "keep-alive, Upgrade");
  CHECK_FALSE(upgrade_fault(request).has_value());
}

TEST_CASE("a target may begin with scheme and host, which are left out") {
  CHECK(origin_form("/a?b=c") == "/a?b=c");
  CHECK(origin_form("http://example.org/a?b=http://x/") == "/a?b=http://x/");
  CHECK(origin_form("http://example.org") == "/");
  CHECK(origin_form("/?next=http://example.org/") == "/?next=http://example.org/");
  CHECK(origin_form("*") == "*");
}

}  // namespace innkeeper::transport
