#pragma once

#include <string>
#include <string_view>
#include <variant>

/// Origins of web pages, in the one form that browsers write in `Origin` (RFC 6454 section 6.2 and
/// the URL standard's serializing of hosts): "https://example.org", "capacitor://localhost",
/// "http://[::1]:3000", "file://", "null". Pure functions: any thread.
namespace innkeeper::transport {

struct origin_fault {
  /// Shows the text and says what to write: "'https://example.org/' has a path; ...".
  std::string sentence;
};

/// The browsers' form of an origin that somebody has written: in lower case, without the port that
/// its scheme has anyway, IPv6 addresses compressed. Refused is what no browser ever sends, so that
/// it would match nothing: paths, users, wildcards, ws: and wss:, names that are not ASCII, ports
/// that are none.
std::variant<origin_fault, std::string> read_origin(std::string_view text);

}  // namespace innkeeper::transport
