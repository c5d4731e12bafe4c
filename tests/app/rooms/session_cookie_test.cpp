#include "app/rooms/session_cookie.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "proto/limits.hpp"
#include "transport/http/request_parts.hpp"

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

/// What a request names, or the status that refuses it.
std::string named(const std::variant<http_fault, std::string>& outcome) {
  if (const auto* fault = std::get_if<http_fault>(&outcome)) {
    CHECK_FALSE(fault->sentence.empty());
    return std::to_string(static_cast<unsigned>(fault->status));
  }
  return std::get<std::string>(outcome);
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

}  // namespace
}  // namespace innkeeper::transport
