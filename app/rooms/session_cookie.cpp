#include "app/rooms/session_cookie.hpp"

#include <algorithm>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <utility>

#include "proto/names.hpp"
#include "transport/http/request_parts.hpp"

namespace innkeeper::app {

std::variant<transport::http_fault, std::string> named_session(
    const transport::http_request& request, std::string_view object_id, bool use_cookies) {
  const std::string_view target(request.target().data(), request.target().size());
  auto id = transport::query_parameter(target, "session").value_or("");
  if (id.empty() && use_cookies) {
    id = transport::cookie(request, std::string(object_id) + "_session").value_or("");
  }
  if (id.empty()) return id;
  if (auto fault = proto::session_id_fault(id)) {
    return transport::http_fault{boost::beast::http::status::bad_request, std::move(*fault)};
  }
  return id;
}

std::string new_session() {
  static thread_local boost::uuids::random_generator random;
  return boost::uuids::to_string(random());
}

std::string session_cookie(std::string_view object_id, std::string_view session, bool secure,
                           std::chrono::milliseconds kept) {
  // RFC 6265bis, section 5.5: user agents cut a longer life to 400 days.
  constexpr std::chrono::seconds lives_max = std::chrono::hours(400 * 24);
  const auto lives = std::min(std::chrono::ceil<std::chrono::seconds>(kept), lives_max);
  return std::string(object_id) + "_session=" + transport::percent_encoded(session) +
         "; Path=/; Max-Age=" + std::to_string(lives.count()) + "; HttpOnly; " +
         (secure ? "SameSite=None; Secure" : "SameSite=Lax");
}

}  // namespace innkeeper::app
