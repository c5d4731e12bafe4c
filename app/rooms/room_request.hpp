#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "transport/websocket/upgrade_request.hpp"

/// What a request says about room and session, as clients of the original server write it. Pure
/// functions: any thread.
namespace innkeeper::app {

/// The room that a target asks for: its first parameter `room`, else "default".
std::variant<transport::http_fault, std::string> requested_room(std::string_view target);

/// The session that an upgrade asks for, by parameter or cookie; empty if it names none.
std::variant<transport::http_fault, std::string> named_session(
    const transport::http_request& request, std::string_view object_id, bool use_cookies);

/// A random v4 UUID in lower case.
std::string new_session();

/// The value of Set-Cookie that makes a browser come back as the same session.
/// `secure`: the request came over TLS, so that other sites' pages may use it too. It lives as long
/// as the session is kept, and 400 days at most: browsers keep none for longer.
std::string session_cookie(std::string_view object_id, std::string_view session,
                           bool secure = false,
                           std::chrono::milliseconds kept = std::chrono::hours(30 * 24));

}  // namespace innkeeper::app
