#include "actors/sockets/socket_object.hpp"

#include <string>
#include <utility>
#include <variant>

#include "proto/close_codes.hpp"

namespace innkeeper::sockets {
namespace {

/// Frames and texts dominate an output's size; the rest is not counted.
template <class Output>
std::size_t bytes_held(const Output& output) {
  if constexpr (requires { output.frame; }) return output.frame.wire().size();
  return 0;
}

std::size_t bytes_held(const accept& output) {
  std::size_t bytes = 0;
  for (const auto& frame : output.first_frames) bytes += frame.wire().size();
  return bytes;
}

std::size_t bytes_held(const answer& output) {
  return output.with ? output.with->body.size() : 0;
}

}  // namespace

durable::effects socket_object::handle(durable::object_message& message, const durable::turn& now) {
  const auto& told = std::any_cast<const socket_message&>(message);
  if (const auto* what = std::get_if<message_received>(&told)) return received(*what, now);
  if (const auto* who = std::get_if<connection_opened>(&told)) return opened(*who, now);
  if (const auto* who = std::get_if<keepalive>(&told)) return kept_alive(*who, now);
  if (const auto* what = std::get_if<request>(&told)) return requested(*what, now);
  return closed(std::get<connection_closed>(told), now);
}

durable::effects socket_object::opened(const connection_opened& who, const durable::turn&) {
  durable::effects wanted;
  wanted.outputs.push_back(output(accept{who.connection}));
  return wanted;
}

durable::effects socket_object::closed(const connection_closed&, const durable::turn&) {
  return {};
}

durable::effects socket_object::kept_alive(const keepalive&, const durable::turn&) {
  durable::effects wanted;
  wanted.is_activity = false;
  return wanted;
}

durable::effects socket_object::requested(const request& what, const durable::turn&) {
  constexpr unsigned int method_not_allowed = 405;
  durable::effects wanted;
  wanted.is_activity = false;
  wanted.outputs.push_back(output(answer_with(
      what.id, {.status = method_not_allowed, .body = "Objects of this kind take no requests."})));
  return wanted;
}

read_message socket_kind::read(const raw_message& what) const {
  return {durable::object_message(std::in_place_type<socket_message>,
                                  message_received{what.connection, what.facts, what.role,
                                                   std::string(what.payload), what.binary}),
          false};
}

durable::object_message socket_kind::wrap(socket_event what) const {
  return std::visit(
      [](auto& each) {
        return durable::object_message(std::in_place_type<socket_message>, std::move(each));
      },
      what);
}

std::optional<std::vector<durable::object_output>> socket_kind::handle_hibernated(
    durable::attachments&, const durable::object_message&) const {
  return std::nullopt;
}

std::size_t socket_kind::bytes_of(const durable::object_output& output) const {
  return sizeof(socket_output) + std::visit([](const auto& each) { return bytes_held(each); },
                                            std::any_cast<const socket_output&>(output));
}

std::vector<durable::object_output> socket_kind::when_broken() const {
  return {output(close_all{proto::close_code::internal_error, "The object has to restart."})};
}

}  // namespace innkeeper::sockets
