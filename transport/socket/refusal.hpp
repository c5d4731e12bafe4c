#pragma once

#include <string>
#include <string_view>

/// An HTTP answer that turns a client away and ends its connection, as bytes: for those who have no
/// HTTP session to give it to (the listener, a WebSocket that its room does not want). Pure
/// functions: any thread.
namespace innkeeper::transport {

/// `date` is the value of `Date`. 429 and 503 also say when to come again.
std::string refusal_bytes(unsigned int status, std::string_view sentence, std::string_view date);

}  // namespace innkeeper::transport
