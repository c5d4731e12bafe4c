#include "app/rooms/room_request.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "proto/limits.hpp"
#include "transport/http/handshake.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;
using namespace innkeeper::app;

const std::string object_id(64, 'a');

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

std::string session_of(const http_request& request) {
  return named(named_session(request, object_id, true));
}

bool is_random_uuid(const std::string& id) {
  const auto is_lower_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  };
  return id.size() == 36 && std::ranges::all_of(id, is_lower_hex) &&
         std::ranges::count(id, '-') == 4 && id[8] == '-' && id[13] == '-' && id[18] == '-' &&
         id[23] == '-' && id[14] == '4' &&
         std::string_view("89ab").find(id[19]) != std::string::npos;
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

// ---- session

TEST_CASE("a session is named by the parameter before the cookie") {
  CHECK(session_of(get("/websocket?session=ann+1")) == "ann 1");
  CHECK(session_of(with_cookies(object_id + "_session=bob")) == "bob");
  CHECK(session_of(with_cookies(object_id + "_session=bob", "/websocket?session=ann")) == "ann");
  CHECK(session_of(with_cookies(object_id + "_session=bob", "/websocket?session=")) == "bob");
}

TEST_CASE("another room's cookie names no session here") {
  const auto request = with_cookies(std::string(64, 'b') + "_session=bob");
  CHECK(session_of(request).empty());
}

TEST_CASE("a session may be named by nothing") {
  CHECK(session_of(get("/websocket")).empty());
  CHECK(session_of(with_cookies(object_id + "_session=")).empty());
}

TEST_CASE("a new session is a random UUID in lower case") {
  const auto one = new_session();
  const auto other = new_session();
  CHECK(is_random_uuid(one));
  CHECK(is_random_uuid(other));
  CHECK(one != other);
}

TEST_CASE("a session id has 128 bytes and not 129, in parameter and cookie") {
  const std::string longest(proto::session_id_bytes_max, 's');
  CHECK(session_of(get("/websocket?session=" + longest)) == longest);
  CHECK(session_of(get("/websocket?session=" + longest + "s")) == "400");
  CHECK(session_of(with_cookies(object_id + "_session=" + longest)) == longest);
  CHECK(session_of(with_cookies(object_id + "_session=" + longest + "s")) == "400");
}

TEST_CASE("a session id with a control character or of invalid UTF-8 is answered 400") {
  CHECK(session_of(get("/websocket?session=%FF")) == "400");
  CHECK(session_of(with_cookies(object_id + "_session=\xFF")) == "400");
  for (const auto* id : {"a%00", "%1F", "%C2%80"}) {
    CHECK(session_of(get("/websocket?session=" + std::string(id))) == "400");
    CHECK(session_of(with_cookies(object_id + "_session=" + id)) == "400");
  }
}

TEST_CASE("a session's cookie holds the id percent-encoded, for this room, out of scripts' reach") {
  const auto cookie_text = session_cookie(object_id, "ann 1;\"\xC3\xA9%");
  CHECK_THAT(cookie_text, Catch::StartsWith(object_id + "_session=ann%201%3B%22%C3%A9%25; "));
  CHECK_THAT(cookie_text, Catch::Contains("; HttpOnly"));
  CHECK_THAT(cookie_text, Catch::Contains("; SameSite=Lax"));
  CHECK_THAT(session_cookie(object_id, "Az09-_.!~*'()"),
             Catch::StartsWith(object_id + "_session=Az09-_.!~*'(); "));
}

TEST_CASE("a session's cookie lives as long as the session, and 400 days at most") {
  using namespace std::chrono_literals;
  const auto life = [](std::chrono::milliseconds kept) {
    const auto text = session_cookie(object_id, "ann", true, kept);
    const auto from = text.find("Max-Age=") + 8;
    return text.substr(from, text.find(';', from) - from);
  };
  CHECK(life(1h) == "3600");
  CHECK(life(24h * 365) == "31536000");
  CHECK(life(24h * 400) == "34560000");
  CHECK(life(24h * 401) == "34560000");
  CHECK(life(1500ms) == "2");
  CHECK(life(1ms) == "1");
}

TEST_CASE("the cookie that a session is given names it when it comes back") {
  std::string id;
  for (char c = ' '; c < 127; ++c) id += c;
  id += "\xC3\xA9";
  const auto given = session_cookie(object_id, id);
  CHECK(session_of(with_cookies(given.substr(0, given.find(';')))) == id);
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
