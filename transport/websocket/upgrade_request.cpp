#include "transport/websocket/upgrade_request.hpp"

#include <boost/beast/http/rfc7230.hpp>

namespace innkeeper::transport {

namespace http = boost::beast::http;

void join_lines(http_request& request, http::field name) {
  if (request.count(name) < 2) return;
  std::string joined;
  const auto [first, last] = request.equal_range(name);
  for (auto line = first; line != last; ++line) {
    if (!joined.empty()) joined += ", ";
    joined.append(line->value().data(), line->value().size());
  }
  request.set(name, joined);
}

std::optional<http_fault> upgrade_fault(const http_request& request) {
  const bool asks_upgrade = http::token_list(request[http::field::upgrade]).exists("websocket");
  if (!asks_upgrade) return http_fault{http::status::bad_request, "expected websocket"};
  const bool asks_connection = http::token_list(request[http::field::connection]).exists("upgrade");
  if (!asks_connection || request.version() < 11) {
    return http_fault{http::status::bad_request,
                      "A WebSocket handshake needs HTTP/1.1 and 'Connection: Upgrade'."};
  }
  if (request.count(http::field::host) == 0) {
    return http_fault{http::status::bad_request, "A WebSocket handshake needs a 'Host'."};
  }
  if (request[http::field::sec_websocket_version] != "13") {
    return http_fault{http::status::upgrade_required, "Only WebSocket version 13 is spoken here."};
  }
  constexpr std::size_t base64_of_16_bytes = 24;
  if (request[http::field::sec_websocket_key].size() != base64_of_16_bytes) {
    return http_fault{http::status::bad_request,
                      "The Sec-WebSocket-Key has to be 16 bytes in base64."};
  }
  return std::nullopt;
}

}  // namespace innkeeper::transport
