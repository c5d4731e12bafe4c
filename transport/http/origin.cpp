#include "transport/http/origin.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "proto/ascii.hpp"

namespace innkeeper::transport {
namespace {

namespace ip = boost::asio::ip;

using outcome = std::variant<origin_fault, std::string>;

constexpr std::string_view scheme_end = "://";

/// The pieces between scheme and path, in lower case.
struct authority {
  std::string host;
  /// Digits, if there is a colon.
  std::optional<std::string> port;
};

origin_fault fault(std::string_view text, const std::string& what) {
  return {"'" + std::string(text) + "' " + what};
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool is_scheme(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
         });
}

bool is_web(std::string_view scheme) {
  return scheme == "http" || scheme == "https";
}

/// Those whose pages all have the origin `null`, and the WebSocket's own.
std::optional<origin_fault> unusual_scheme(std::string_view text, std::string_view scheme,
                                           std::string_view rest) {
  if (scheme == "ws" || scheme == "wss") {
    const auto page = (scheme == "ws" ? "http://" : "https://") + std::string(rest);
    return fault(text,
                 "is the address of a WebSocket; browsers send that of the page: write " + page);
  }
  if (scheme == "data" || scheme == "about" || scheme == "javascript" || scheme == "blob") {
    return fault(text, "is no origin that browsers send; for such pages they send null");
  }
  return std::nullopt;
}

/// What has no place in `rest`, which is what follows the scheme.
std::optional<origin_fault> stray_part(std::string_view text, std::string_view scheme,
                                       std::string_view rest) {
  const auto path = rest.find_first_of("/\\?#");
  const auto bare = rest.substr(0, path);
  const auto user = bare.rfind('@');
  if (rest.find(scheme_end) != std::string_view::npos) {
    return fault(text, "is more than one origin; put commas between them");
  }
  if (bare.find('*') != std::string_view::npos) {
    return fault(text,
                 "has a wildcard, which is not understood; write each origin, like "
                 "https://example.org");
  }
  if (user != std::string_view::npos) {
    return fault(text, "has a user's name, which browsers do not send; write " +
                           std::string(scheme) + "://" + std::string(bare.substr(user + 1)));
  }
  if (path != std::string_view::npos) {
    return fault(text, "has a path, which browsers do not send; write " + std::string(scheme) +
                           "://" + std::string(bare));
  }
  if (!is_ascii(rest)) {
    return fault(text,
                 "has a name that is not ASCII; write it as browsers send it, in the form "
                 "that begins with xn--");
  }
  if (has_control(rest) || rest.find_first_of(" \"'`<>^|") != std::string_view::npos) {
    return fault(text,
                 "has blanks or signs in it that no origin has; write one like "
                 "https://example.org");
  }
  return std::nullopt;
}

/// The URL standard's form: in hex digits alone, the first of the longest runs of zeros left out.
std::string written(const ip::address_v6& address) {
  constexpr std::size_t pieces = 8;
  const auto bytes = address.to_bytes();
  std::array<unsigned, pieces> values{};
  for (std::size_t i = 0; i < pieces; ++i) {
    values.at(i) = static_cast<unsigned>(bytes.at(2 * i)) << 8 | bytes.at(2 * i + 1);
  }
  std::size_t run_begin = pieces;
  std::size_t run_size = 1;  // a single zero is written
  for (std::size_t i = 0; i < pieces; ++i) {
    std::size_t size = 0;
    while (i + size < pieces && values.at(i + size) == 0) ++size;
    if (size > run_size) {
      run_begin = i;
      run_size = size;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) {
    if (i == run_begin) {
      text += "::";
      i += run_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), values.at(i), 16);
    text.append(digits.data(), end.ptr);
  }
  return text;
}

/// Browsers take a host for an address if its last label is a number.
bool ends_in_number(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto label = host.substr(host.rfind('.') + 1);
  if (label.starts_with("0x")) {
    return std::ranges::all_of(label.substr(2),
                               [](unsigned char c) { return std::isxdigit(c) != 0; });
  }
  return !label.empty() &&
         std::ranges::all_of(label, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::variant<origin_fault, authority> take_apart(std::string_view text, std::string_view rest) {
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    boost::system::error_code error;
    const auto inner = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    const auto address = ip::make_address_v6(std::string(inner), error);
    const auto behind = end == std::string_view::npos ? rest : rest.substr(end + 1);
    const bool scoped = inner.find('%') != std::string_view::npos;
    if (error || scoped || (!behind.empty() && !behind.starts_with(':'))) {
      return fault(text, "has no IPv6 address in its brackets; write one like http://[::1]:3000");
    }
    authority parts{"[" + written(address) + "]", std::nullopt};
    if (!behind.empty()) parts.port = std::string(behind.substr(1));
    return parts;
  }
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos) return authority{std::string(rest), std::nullopt};
  if (rest.find(':', colon + 1) != std::string_view::npos) {
    return fault(text,
                 "has more than one colon; an IPv6 address stands in brackets: "
                 "http://[::1]:3000");
  }
  return authority{std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
}

std::optional<origin_fault> bad_host(std::string_view text, std::string_view scheme,
                                     const authority& parts) {
  const auto& host = parts.host;
  if (host.empty() && (is_web(scheme) || parts.port)) {
    return fault(text, "has no host; write one like https://example.org");
  }
  if (host.starts_with('[')) return std::nullopt;
  if (host.find_first_of("[]") != std::string::npos ||
      (is_web(scheme) && host.find('%') != std::string::npos)) {
    return fault(text,
                 "has signs in its host that no origin has; write one like "
                 "https://example.org");
  }
  if (!is_web(scheme) || !ends_in_number(host)) return std::nullopt;
  boost::system::error_code error;
  const auto address = ip::make_address_v4(host, error);
  if (!error && address.to_string() == host) return std::nullopt;
  return fault(text,
               "has a number for a host; browsers send an address as four decimal numbers, "
               "like http://127.0.0.1");
}

/// With its colon, or empty if the scheme has that port anyway.
outcome read_port(std::string_view text, std::string_view scheme, const authority& parts) {
  if (!parts.port) return std::string();
  constexpr unsigned port_max = 65535;
  unsigned port = 0;
  const auto* end = parts.port->data() + parts.port->size();
  const auto read = std::from_chars(parts.port->data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end || port == 0 || port > port_max) {
    return fault(text, "has a port that is none; write digits from 1 to 65535, or no colon");
  }
  const bool by_default = (scheme == "http" && port == 80) || (scheme == "https" && port == 443);
  return by_default ? std::string() : ":" + std::to_string(port);
}

/// A text without "://".
origin_fault no_scheme(std::string_view text) {
  if (text.empty()) return {"there is an empty entry; take the comma away, or write an origin"};
  if (text == "*") {
    return fault(text,
                 "is no origin; write each one, like https://example.org, or leave the "
                 "option out: pages of any site may connect then, without cookies");
  }
  const auto end = text.find_first_of("/\\?#");
  const auto host = text.substr(0, end);
  const bool plain = !host.empty() && is_ascii(host) && host.find_first_of(" @*\"'") == host.npos;
  return fault(text, "has no scheme and so is no origin; write one like " +
                         (plain ? "https://" + std::string(host) : "https://example.org"));
}

}  // namespace

std::variant<origin_fault, std::string> read_origin(std::string_view text) {
  text = proto::trimmed(text, proto::blanks_and_line_ends);
  const auto small = proto::lower(text);
  if (small == "null") return small;
  const auto end = small.find(scheme_end);
  if (end == std::string::npos) return no_scheme(text);
  const auto scheme = std::string_view(small).substr(0, end);
  const auto rest = std::string_view(small).substr(end + scheme_end.size());
  if (scheme.find_first_of("\"'`") != std::string_view::npos) {
    return fault(text, "stands in quotation marks; leave them out");
  }
  if (!is_scheme(scheme)) {
    return fault(text, "has no scheme that can be; write one like https://example.org");
  }
  if (auto wrong = unusual_scheme(text, scheme, rest)) return std::move(*wrong);
  if (auto wrong = stray_part(text, scheme, rest)) return std::move(*wrong);
  auto apart = take_apart(text, rest);
  if (auto* wrong = std::get_if<origin_fault>(&apart)) return std::move(*wrong);
  const auto& parts = std::get<authority>(apart);
  if (auto wrong = bad_host(text, scheme, parts)) return std::move(*wrong);
  auto port = read_port(text, scheme, parts);
  if (auto* wrong = std::get_if<origin_fault>(&port)) return std::move(*wrong);
  return std::string(scheme) + std::string(scheme_end) + parts.host + std::get<std::string>(port);
}

}  // namespace innkeeper::transport
