#include "actors/sockets/echo.hpp"

namespace innkeeper::sockets {
namespace {

class echo final : public socket_object {
 public:
  void hydrate(const durable::turn&, durable::attachments) override {}

  durable::effects said(const socket_said& what, const durable::turn&) override {
    durable::effects wanted;
    wanted.outputs.push_back(output(send{what.connection, what.payload, what.binary}));
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
  std::vector<durable::object_output> answer;
  if (const auto* what = std::get_if<socket_said>(&told)) {
    answer.push_back(output(send{what->connection, what->payload, what->binary}));
  }
  if (const auto* who = std::get_if<socket_opened>(&told)) {
    answer.push_back(output(accept{who->connection}));
  }
  return answer;
}

}  // namespace innkeeper::sockets
