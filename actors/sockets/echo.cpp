#include "actors/sockets/echo.hpp"

namespace innkeeper::sockets {
namespace {

durable::object_output said_back(const message_received& what) {
  return output(send{what.connection, what.binary ? binary(what.payload) : text(what.payload)});
}

class echo final : public socket_object {
 public:
  void hydrate(const durable::turn&, durable::attachments&&) override {}

  durable::effects received(const message_received& what, const durable::turn&) override {
    durable::effects wanted;
    wanted.outputs.push_back(said_back(what));
    return wanted;
  }
};

}  // namespace

std::unique_ptr<durable::durable_object> echo_kind::make(const durable::object_address&) const {
  return std::make_unique<echo>();
}

std::optional<std::vector<durable::object_output>> echo_kind::handle_hibernated(
    durable::attachments&, const durable::object_message& message) const {
  const auto& told = std::any_cast<const socket_message&>(message);
  std::vector<durable::object_output> said;
  if (std::holds_alternative<request>(told)) return std::nullopt;
  if (const auto* what = std::get_if<message_received>(&told)) {
    said.push_back(said_back(*what));
  }
  if (const auto* who = std::get_if<connection_opened>(&told)) {
    said.push_back(output(accept{who->connection}));
  }
  return said;
}

}  // namespace innkeeper::sockets
