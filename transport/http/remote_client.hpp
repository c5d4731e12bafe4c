#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/http/request_parts.hpp"
#include "transport/socket/address.hpp"

/// Who sends a request, and from which site's page: what the connection itself shows, and what
/// proxies tell that are trusted to. Pure functions: any thread.
namespace innkeeper::transport {

/// What is known of a connection before its first request.
struct peer {
  boost::asio::ip::address address;
  /// It speaks TLS with this process.
  bool tls = false;
};

struct remote_client {
  boost::asio::ip::address address;
  /// Its request came over TLS, to us or to a trusted proxy.
  bool secure = false;
  /// A trusted proxy speaks for it.
  bool behind_proxy = false;
};

/// The client behind trusted proxies: the rightmost address of X-Forwarded-For that is no trusted
/// proxy's. A value that is no address ends the search, for what stands left of it may be made up.
/// Whether it came over TLS is what X-Forwarded-Proto says at the client's own place, counted from
/// the right as in X-Forwarded-For; a shorter list says it at its left end.
remote_client resolve_remote_client(const http_request& request, const peer& from,
                                    const address_set& trusted);

/// Whether somebody who is no trusted proxy speaks like one: his clients are taken for one.
bool speaks_as_proxy(const http_request& request, const remote_client& who);

/// From which site's page a handshake comes.
enum class origin_kind {
  /// From no page, or, if no sites are listed, from one that this server itself has served.
  own,
  /// From a site that is listed.
  listed,
  foreign,
};

/// `listed` holds origins as read_origin() gives them: "https://example.org". If there are any they
/// alone count: the name in `Host` may be one that somebody else made point here (DNS rebinding).
/// `secure`: the request came over TLS, so that a page that did not is another site's, for anybody
/// on the way may have written it.
origin_kind origin_of(const http_request& request, bool secure,
                      const std::vector<std::string>& listed);

}  // namespace innkeeper::transport
