#include "transport/http/handshake.hpp"

#include <algorithm>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <utility>

#include "proto/ascii.hpp"
#include "proto/json_text.hpp"
#include "proto/names.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

/// Boost.URL refuses a text with a bad percent sign as a whole; browsers and the original server
/// leave the sign as it is (URL standard, application/x-www-form-urlencoded parsing).
std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high && low) {
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
  }
  return decoded;
}

bool is_cookie_safe(char c) {
  constexpr std::string_view marks = "-_.!~*'()";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_cookie_safe(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded.append({'%', digits[byte >> 4], digits[byte & 0x0F]});
    }
  }
  return encoded;
}

}  // namespace

std::string_view origin_form(std::string_view target) {
  constexpr std::string_view scheme_end = "://";
  const auto scheme = target.find(scheme_end);
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto path = target.find('/', scheme + scheme_end.size());
  return path == std::string_view::npos ? "/" : target.substr(path);
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::optional<object_path> path_of_object(std::string_view target) {
  constexpr std::string_view prefix = "/objects/";
  auto rest = path_of(target);
  if (!rest.starts_with(prefix)) return std::nullopt;
  rest.remove_prefix(prefix.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || rest.find('/', slash + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return object_path{percent_decoded(rest.substr(0, slash), false),
                     percent_decoded(rest.substr(slash + 1), false)};
}

std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> all;
  proto::take_until(target, '?');
  while (!target.empty()) {
    auto value = proto::take_until(target, '&');
    if (value.empty()) continue;
    auto name = percent_decoded(proto::take_until(value, '='), true);
    all.emplace_back(std::move(name), percent_decoded(value, true));
  }
  return all;
}

std::optional<std::string> query_parameter(std::string_view target, std::string_view name) {
  proto::take_until(target, '?');
  while (!target.empty()) {
    auto value = proto::take_until(target, '&');
    if (value.empty()) continue;
    if (percent_decoded(proto::take_until(value, '='), true) == name)
      return percent_decoded(value, true);
  }
  return std::nullopt;
}

std::optional<std::string> cookie(const http_request& request, std::string_view name) {
  for (auto [header, end] = request.equal_range(http::field::cookie); header != end; ++header) {
    std::string_view rest(header->value().data(), header->value().size());
    while (!rest.empty()) {
      auto value = proto::take_until(rest, ';');
      if (proto::trimmed(proto::take_until(value, '='), proto::blanks) != name) continue;
      const auto raw = proto::unquoted(proto::trimmed(value, proto::blanks));
      auto decoded = percent_decoded(raw, false);
      return proto::is_utf8(decoded) ? std::move(decoded) : std::string(raw);
    }
  }
  return std::nullopt;
}

std::variant<http_fault, std::string> requested_room(std::string_view target) {
  auto name = query_parameter(target, "room").value_or("");
  if (name.empty()) name = "default";
  if (auto fault = proto::room_name_fault(name)) {
    return http_fault{http::status::bad_request, std::move(*fault)};
  }
  return name;
}

std::variant<http_fault, std::string> named_session(const http_request& request,
                                                    std::string_view object_id, bool use_cookies) {
  const std::string_view target(request.target().data(), request.target().size());
  auto id = query_parameter(target, "session").value_or("");
  if (id.empty() && use_cookies) {
    id = cookie(request, std::string(object_id) + "_session").value_or("");
  }
  if (id.empty()) return id;
  if (auto fault = proto::session_id_fault(id)) {
    return http_fault{http::status::bad_request, std::move(*fault)};
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
  return std::string(object_id) + "_session=" + percent_encoded(session) +
         "; Path=/; Max-Age=" + std::to_string(lives.count()) + "; HttpOnly; " +
         (secure ? "SameSite=None; Secure" : "SameSite=Lax");
}

}  // namespace innkeeper::transport
