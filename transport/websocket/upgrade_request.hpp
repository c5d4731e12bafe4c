#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>
#include <string_view>

/// A request, and whether it is a WebSocket handshake. Pure functions: any thread.
namespace innkeeper::transport {

using http_request = boost::beast::http::request<boost::beast::http::string_body>;

/// The request's target: path and query.
inline std::string_view target_of(const http_request& request) {
  return {request.target().data(), request.target().size()};
}

/// The status and the text of the answer to a request that cannot be served.
struct http_fault {
  boost::beast::http::status status = boost::beast::http::status::bad_request;
  std::string sentence;
};

/// Joins the lines of a list that is spread over several (RFC 9110 section 5.3), since Beast reads
/// the first alone.
void join_lines(http_request& request, boost::beast::http::field name);

/// Nothing if this is a WebSocket handshake that can be accepted (RFC 6455 section 4.2.1).
std::optional<http_fault> upgrade_fault(const http_request& request);

}  // namespace innkeeper::transport
