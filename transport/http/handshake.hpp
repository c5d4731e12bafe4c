#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "transport/websocket/upgrade_request.hpp"

/// What a request says about room and session: reading of query and cookies, as clients of the
/// original server write them. Pure functions: any thread.
namespace innkeeper::transport {

/// The target without the scheme and host that it may begin with (RFC 9112 section 3.2.2).
std::string_view origin_form(std::string_view target);

/// The path of a target, without query.
std::string_view path_of(std::string_view target);

/// Kind and name of a path `/objects/KIND/NAME`, percent-decoded; nothing if it is none of these.
struct object_path {
  std::string kind;
  std::string name;
};
std::optional<object_path> path_of_object(std::string_view target);

/// All parameters, form-decoded, in order.
std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view target);

/// The first parameter of this name, form-decoded ('+' is a space, a bad percent sign stays);
/// nothing if there is none.
std::optional<std::string> query_parameter(std::string_view target, std::string_view name);

/// The first cookie of this name, without quotes and percent-decoded; nothing if there is none.
std::optional<std::string> cookie(const http_request& request, std::string_view name);

/// The room that a target asks for: its first parameter `room`, else "default".
std::variant<http_fault, std::string> requested_room(std::string_view target);

/// The session that an upgrade asks for, by parameter or cookie; empty if it names none.
std::variant<http_fault, std::string> named_session(const http_request& request,
                                                    std::string_view object_id, bool use_cookies);

/// A random v4 UUID in lower case.
std::string new_session();

/// The value of Set-Cookie that makes a browser come back as the same session.
/// `secure`: the request came over TLS, so that other sites' pages may use it too. It lives as long
/// as the session is kept, and 400 days at most: browsers keep none for longer.
std::string session_cookie(std::string_view object_id, std::string_view session,
                           bool secure = false,
                           std::chrono::milliseconds kept = std::chrono::hours(30 * 24));

}  // namespace innkeeper::transport
