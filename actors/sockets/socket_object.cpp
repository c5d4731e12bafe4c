#include "actors/sockets/socket_object.hpp"

#include "proto/close_codes.hpp"

namespace innkeeper::sockets {

durable::effects socket_object::handle(durable::object_message& message, const durable::turn& now) {
  const auto& told = std::any_cast<const socket_message&>(message);
  if (const auto* what = std::get_if<socket_said>(&told)) return said(*what, now);
  if (const auto* who = std::get_if<socket_opened>(&told)) return opened(*who, now);
  return closed(std::get<socket_closed>(told), now);
}

durable::effects socket_object::opened(const socket_opened& who, const durable::turn&) {
  durable::effects wanted;
  wanted.outputs.push_back(output(accept{who.connection}));
  return wanted;
}

durable::effects socket_object::closed(const socket_closed&, const durable::turn&) {
  return {};
}

std::optional<std::vector<durable::object_output>> socket_kind::handle_hibernated(
    durable::attachments&, const durable::object_message&) const {
  return std::nullopt;
}

std::size_t socket_kind::bytes_of(const durable::object_output& output) const {
  const auto payload_bytes = [](const auto& each) -> std::size_t {
    if constexpr (requires { each.payload; }) return each.payload.size();
    return 0;
  };
  return sizeof(socket_output) +
         std::visit(payload_bytes, std::any_cast<const socket_output&>(output));
}

std::vector<durable::object_output> socket_kind::when_broken() const {
  return {output(close_all{proto::close_code::internal_error, "The object has to restart."})};
}

}  // namespace innkeeper::sockets
