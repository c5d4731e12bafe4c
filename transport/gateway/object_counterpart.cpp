#include "transport/gateway/object_counterpart.hpp"

#include <caf/send.hpp>
#include <string>
#include <utility>

#include "actors/sockets/echo.hpp"
#include "transport/gateway/object_gateway.hpp"

namespace innkeeper::transport {

static_assert(sizeof(object_counterpart) <= counterpart::memory_max);

object_counterpart::object_counterpart(caf::actor gateway, origin from)
    : gateway_(std::move(gateway)), from_(std::move(from)) {}

void object_counterpart::arrived(std::shared_ptr<client_connection> client) {
  // The facts are the object's from now on: an idle connection does not keep them.
  caf::anon_send(gateway_, object_client_arrived{std::move(client),
                                                 from_.object,
                                                 {from_.id, std::exchange(from_.facts, nullptr)}});
}

bool object_counterpart::heard(bool binary, std::string_view payload) {
  object_gateway::hear(gateway_, {from_.id, std::string(payload), binary});
  return true;
}

void object_counterpart::left() {
  caf::anon_send(gateway_, client_left{from_.id});
}

/// The echo is there for tests of the protocol, which send as fast as they can.
bool object_counterpart::is_rate_limited() const {
  return from_.object->kind->name() != sockets::echo_kind::kind_name;
}

}  // namespace innkeeper::transport
