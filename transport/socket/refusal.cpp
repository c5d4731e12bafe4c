#include "transport/socket/refusal.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>
#include <utility>

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;

/// What an overload is expected to last.
constexpr auto retry_after_s = "5";

}  // namespace

std::string refusal_bytes(unsigned int status, std::string_view sentence, std::string_view date) {
  http::response<http::string_body> response(static_cast<http::status>(status), 11);
  response.set(http::field::date, {date.data(), date.size()});
  response.set(http::field::server, "innkeeper");
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  const bool may_come_again = response.result() == http::status::too_many_requests ||
                              response.result() == http::status::service_unavailable;
  if (may_come_again) response.set(http::field::retry_after, retry_after_s);
  response.body() = sentence;
  response.keep_alive(false);
  response.prepare_payload();
  std::ostringstream text;
  text << response;
  return std::move(text).str();
}

}  // namespace innkeeper::transport
