#include "transport/gateway/room_counterpart.hpp"

#include <caf/send.hpp>
#include <utility>
#include <variant>

#include "proto/client_message.hpp"
#include "transport/gateway/gateway.hpp"

namespace innkeeper::transport {

static_assert(sizeof(room_counterpart) <= counterpart::memory_max);

namespace {

std::variant<proto::protocol_error, proto::client_message> parse(bool binary, std::string_view text,
                                                                 const proto::limits& bounds) {
  if (binary) {
    return proto::protocol_error{proto::error_code::binary,
                                 "Binary messages are not understood; send JSON as text."};
  }
  return proto::parse_client_message(text, bounds);
}

/// What many client libraries send now and then, and wait for no answer to.
bool is_heartbeat(std::string_view text) {
  return text == "ping" || text == "pong";
}

}  // namespace

room_counterpart::room_counterpart(caf::actor gateway, origin from)
    : gateway_(std::move(gateway)),
      id_(from.id),
      bounds_(from.bounds),
      arriving_(std::make_unique<origin>(std::move(from))) {}

void room_counterpart::arrived(std::shared_ptr<client_connection> client) {
  caf::anon_send(gateway_,
                 client_arrived{id_, std::move(client), arriving_->room, arriving_->facts});
}

bool room_counterpart::heard(bool binary, std::string_view payload) {
  if (!binary && is_heartbeat(payload)) {
    alive();
    return true;
  }
  client_said said{id_, parse(binary, payload, *bounds_)};
  const bool asks_to_close = said.asks_to_close();
  gateway::hear(gateway_, std::move(said), hints_);
  return !asks_to_close;
}

void room_counterpart::alive() {
  gateway::hear_sign_of_life(gateway_, id_);
}

void room_counterpart::left() {
  caf::anon_send(gateway_, client_left{id_});
}

void room_counterpart::add_to(boost::beast::http::fields& answer) {
  const auto from = std::move(arriving_);
  const auto& session = from->facts->session;
  if (!from->cookie.empty()) answer.set(boost::beast::http::field::set_cookie, from->cookie);
  answer.set("X-Session-Id", session);
}

std::size_t room_counterpart::message_bytes_max() const {
  return bounds_->message_bytes;
}

}  // namespace innkeeper::transport
