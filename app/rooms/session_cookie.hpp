#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "transport/websocket/upgrade_request.hpp"

/// Which session a client of a room brings, and the cookie that makes its browser bring it again.
/// Any thread.
namespace innkeeper::app {

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
