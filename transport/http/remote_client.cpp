#include "transport/http/remote_client.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>
#include <variant>

#include "proto/ascii.hpp"
#include "transport/http/origin.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;
namespace ip = boost::asio::ip;

/// All values of a list header, in order, over all headers of that name.
std::vector<std::string_view> list_of(const http_request& request, std::string_view name) {
  std::vector<std::string_view> values;
  const auto [first, last] = request.equal_range({name.data(), name.size()});
  for (auto header = first; header != last; ++header) {
    std::string_view rest(header->value().data(), header->value().size());
    while (true) {
      const auto comma = rest.find(',');
      values.push_back(proto::trimmed(rest.substr(0, comma), proto::blanks));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return values;
}

std::string_view from_right(const std::vector<std::string_view>& list, std::size_t place) {
  return list[list.size() - 1 - place];
}

/// "192.0.2.1", "192.0.2.1:80", "2001:db8::1" or "[2001:db8::1]:80".
std::optional<ip::address> read_address(std::string_view text) {
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return plain_address(address);
}

/// Without the port that the scheme has anyway.
std::string_view without_port(std::string_view host, std::string_view port) {
  return host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

/// A page that came over TLS may be ours though the request has not: a proxy may have taken TLS
/// off.
bool is_same_site(std::string_view origin, std::string_view host, bool secure) {
  const bool tls = origin.starts_with("https://");
  if (!tls && (secure || !origin.starts_with("http://"))) return false;
  const auto* port = tls ? ":443" : ":80";
  const auto rest = origin.substr(origin.find("//") + 2);
  return without_port(rest, port) == without_port(host, port);
}

}  // namespace

remote_client resolve_remote_client(const http_request& request, const peer& from,
                                    const address_set& trusted) {
  remote_client who{plain_address(from.address), from.tls, false};
  if (!trusted.contains(from.address)) return who;
  who.behind_proxy = true;
  const auto hops = list_of(request, "X-Forwarded-For");
  std::size_t place = 0;  // the client's own, from the one that spoke to us on
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const auto address = read_address(from_right(hops, i));
    if (!address) break;
    who.address = *address;
    place = i;
    if (!trusted.contains(*address)) break;
  }
  // Each proxy appends to both lists, or all keep what the first has set.
  const auto schemes = list_of(request, "X-Forwarded-Proto");
  if (!schemes.empty()) {
    who.secure = proto::lower(from_right(schemes, std::min(place, schemes.size() - 1))) == "https";
  }
  return who;
}

bool speaks_as_proxy(const http_request& request, const remote_client& who) {
  return !who.behind_proxy && request.count("X-Forwarded-For") > 0;
}

origin_kind origin_of(const http_request& request, bool secure,
                      const std::vector<std::string>& listed) {
  const auto header = request.find(http::field::origin);
  if (header == request.end()) return origin_kind::own;
  const auto read = read_origin({header->value().data(), header->value().size()});
  const auto* origin = std::get_if<std::string>(&read);
  if (origin == nullptr) return origin_kind::foreign;
  if (listed.empty()) {
    const auto host = request[http::field::host];
    const bool own = is_same_site(*origin, proto::lower({host.data(), host.size()}), secure);
    return own ? origin_kind::own : origin_kind::foreign;
  }
  const bool known = std::ranges::find(listed, *origin) != listed.end();
  return known ? origin_kind::listed : origin_kind::foreign;
}

}  // namespace innkeeper::transport
