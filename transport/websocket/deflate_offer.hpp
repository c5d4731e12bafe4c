#pragma once

#include <optional>
#include <string>

#include "transport/websocket/upgrade_request.hpp"

/// How a handshake agrees on permessage-deflate (RFC 7692 section 7.1). Any thread.
namespace innkeeper::transport {

/// What the answer to a handshake says of extensions, if one of its offers can be taken; nothing if
/// there is none, or if it asks for a smaller window than that of frames which all share.
std::optional<std::string> deflate_answer(const http_request& request);

}  // namespace innkeeper::transport
