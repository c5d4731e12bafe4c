#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "actors/sockets/socket_message.hpp"
#include "transport/http/remote_client.hpp"
#include "transport/http/responses.hpp"
#include "transport/http/server_context.hpp"

/// HTTP requests that an object answers. On the loop of the request's socket.
namespace innkeeper::transport {

/// Asks the object and comes back to this loop. Null: it cannot answer now.
boost::asio::awaitable<std::shared_ptr<const sockets::response>> ask_object(
    durable::address_ptr object, sockets::request what, const server_context& context);

/// The object's answer as HTTP; if it gave none, 503 with the sentence `unless`.
http_response response_of(const request_head& to,
                          const std::shared_ptr<const sockets::response>& answered,
                          const char* unless);

/// Whether this is for a path `/objects/KIND/NAME...`, and no handshake.
bool is_object_request(const http_request& request);

/// Whether a page of a foreign site would change something by this.
bool is_foreign_change(const http_request& request, const remote_client& who,
                       const server_context& context);
inline constexpr const char* foreign_change_refused =
    "Pages of this site may not change anything here.";

/// The object's answer, or why there is none.
boost::asio::awaitable<http_response> answer_by_object(const http_request& request,
                                                       const remote_client& who,
                                                       const server_context& context);

}  // namespace innkeeper::transport
