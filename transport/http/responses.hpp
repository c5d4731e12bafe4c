#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <string_view>

#include "transport/websocket/upgrade_request.hpp"

/// Answers to HTTP requests, with the headers that all of them have. Any thread.
namespace innkeeper::transport {

using http_response = boost::beast::http::response<boost::beast::http::string_body>;

/// What of a request its answer depends on, besides the route.
struct request_head {
  boost::beast::http::verb method = boost::beast::http::verb::get;
  unsigned version = 11;
  bool keep_alive = true;
};

/// GET or HEAD.
inline bool only_reads(boost::beast::http::verb method) {
  return method == boost::beast::http::verb::get || method == boost::beast::http::verb::head;
}

request_head head_of(const http_request& request);

inline constexpr std::string_view text_type = "text/plain; charset=utf-8";

http_response make_response(const request_head& to, boost::beast::http::status status,
                            std::string_view type, std::string body);

http_response fault_response(const request_head& to, const http_fault& fault);

}  // namespace innkeeper::transport
