#include "transport/websocket/deflate_offer.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "proto/ascii.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;

bool is_window(std::string_view bits) {
  constexpr std::array<std::string_view, 8> all = {"8", "9", "10", "11", "12", "13", "14", "15"};
  return std::ranges::find(all, bits) != all.end();
}

/// Takes what stands before `separator` off the front of `rest`, and gives it without blanks.
std::string_view taken(std::string_view& rest, char separator) {
  return proto::trimmed(proto::take_until(rest, separator), proto::blanks);
}

bool is_acceptable(std::string_view name, std::string_view value) {
  if (name == "server_max_window_bits") return value == "15";
  if (name == "client_max_window_bits") return value.empty() || is_window(value);
  const bool known = name == "server_no_context_takeover" || name == "client_no_context_takeover";
  return known && value.empty();
}

/// The answer to one offer. RFC 7692 section 7.1: an offer with an unknown, wrong or repeated
/// parameter is declined. Beast's ext_list is no help: it loses what follows a parameter without
/// value.
std::optional<std::string> answer_to(std::string_view offer) {
  if (proto::lower(taken(offer, ';')) != "permessage-deflate") return std::nullopt;
  std::set<std::string> seen;
  while (!offer.empty()) {
    auto value = taken(offer, ';');
    auto name = proto::lower(taken(value, '='));
    if (!is_acceptable(name, proto::unquoted(taken(value, ';')))) return std::nullopt;
    if (!seen.insert(std::move(name)).second) return std::nullopt;
  }
  return std::string("permessage-deflate; server_no_context_takeover; client_no_context_takeover") +
         (seen.contains("server_max_window_bits") ? "; server_max_window_bits=15" : "");
}

}  // namespace

std::optional<std::string> deflate_answer(const http_request& request) {
  const auto [first, last] = request.equal_range(http::field::sec_websocket_extensions);
  for (auto field = first; field != last; ++field) {
    std::string_view offers(field->value().data(), field->value().size());
    while (!offers.empty()) {
      if (auto answer = answer_to(taken(offers, ','))) return answer;
    }
  }
  return std::nullopt;
}

}  // namespace innkeeper::transport
