#pragma once

#include <optional>
#include <string>

#include "transport/websocket/upgrade_request.hpp"

/// How a handshake agrees on permessage-deflate (RFC 7692 section 7.1). Any thread.
namespace innkeeper::transport {

/// The Sec-WebSocket-Extensions of the answer, if the server takes one of the offers. Nothing if
/// there is no offer, or if it asks for a smaller window than that of the shared frames.
std::optional<std::string> deflate_answer(const http_request& request);

}  // namespace innkeeper::transport
