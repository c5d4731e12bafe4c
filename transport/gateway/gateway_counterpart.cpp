#include "transport/gateway/gateway_counterpart.hpp"

#include <caf/send.hpp>
#include <utility>

#include "actors/sockets/socket_object.hpp"
#include "transport/gateway/gateway_actor.hpp"

namespace innkeeper::transport {

static_assert(sizeof(gateway_counterpart) <= counterpart::memory_max);

gateway_counterpart::gateway_counterpart(durable::home_handle<gateway> its_gateway, origin from)
    : gateway_(std::move(its_gateway)),
      id_(from.id),
      arriving_(std::make_unique<origin>(std::move(from))),
      message_bytes_max_(arriving_->message_bytes_max),
      is_rate_limited_(
          static_cast<const sockets::socket_kind&>(*arriving_->object->kind).is_rate_limited()) {}

void gateway_counterpart::arrived(std::shared_ptr<client_connection> client) {
  caf::anon_send(gateway_.actor(), client_arrived{id_, std::move(client), arriving_->object,
                                                  arriving_->facts, std::move(arriving_->asked)});
}

bool gateway_counterpart::heard(bool binary, std::string_view payload) {
  return gateway_->call_received({id_, payload, binary});
}

void gateway_counterpart::alive() {
  gateway_->call_sign_of_life(id_);
}

void gateway_counterpart::left() {
  caf::anon_send(gateway_.actor(), client_left{id_});
}

void gateway_counterpart::add_to(boost::beast::http::fields& answer) {
  const auto from = std::move(arriving_);
  for (const auto& [name, value] : from->answer_fields) answer.set(name, value);
}

}  // namespace innkeeper::transport
