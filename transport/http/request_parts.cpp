#include "transport/http/request_parts.hpp"

#include <algorithm>
#include <utility>

#include "proto/ascii.hpp"
#include "proto/json_text.hpp"

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
  if (slash == std::string_view::npos) return std::nullopt;
  const auto end = std::min(rest.find('/', slash + 1), rest.size());
  return object_path{percent_decoded(rest.substr(0, slash), false),
                     percent_decoded(rest.substr(slash + 1, end - slash - 1), false),
                     std::string(rest.substr(end))};
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

std::vector<std::pair<std::string, std::string>> header_fields(const http_request& request) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& field : request) {
    const auto name = field.name_string();
    all.emplace_back(proto::lower({name.data(), name.size()}), std::string(field.value()));
  }
  return all;
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

}  // namespace innkeeper::transport
