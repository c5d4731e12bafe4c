#include "transport/http/responses.hpp"

#include <utility>

#include "transport/socket/http_date.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;

}  // namespace

request_head head_of(const http_request& request) {
  return {request.method(), request.version(), request.keep_alive()};
}

http_response make_response(const request_head& to, http::status status, std::string_view type,
                            std::string body) {
  http_response response(status, to.version);
  response.set(http::field::date, current_http_date());
  response.set(http::field::server, "innkeeper");
  response.set(http::field::content_type, {type.data(), type.size()});
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.keep_alive(to.keep_alive);
  const auto size = body.size();
  if (to.method != http::verb::head) response.body() = std::move(body);
  response.content_length(size);
  return response;
}

http_response fault_response(const request_head& to, const http_fault& fault) {
  auto response = make_response(to, fault.status, text_type, fault.sentence);
  const bool may_come_again = fault.status == http::status::too_many_requests ||
                              fault.status == http::status::service_unavailable;
  if (may_come_again) response.set(http::field::retry_after, "5");
  if (fault.status == http::status::upgrade_required) {
    response.set(http::field::sec_websocket_version, "13");
  }
  return response;
}

}  // namespace innkeeper::transport
