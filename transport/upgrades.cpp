#include "transport/upgrades.hpp"

#include <optional>
#include <utility>

#include "actors/sockets/echo.hpp"
#include "proto/admin_key.hpp"
#include "proto/names.hpp"
#include "transport/object_counterpart.hpp"
#include "transport/room_counterpart.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;

std::string_view target_of(const http_request& request) {
  return {request.target().data(), request.target().size()};
}

/// The short way to the echo is there for tests of the protocol, which want a plain path.
std::optional<object_path> object_of(std::string_view target) {
  if (path_of(target) == "/echo")
    return object_path{std::string(sockets::echo_kind::kind_name), "echo"};
  return path_of_object(target);
}

sockets::socket_facts::pairs headers_of(const http_request& request) {
  sockets::socket_facts::pairs all;
  for (const auto& field : request) {
    std::string name(field.name_string());
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    all.emplace_back(std::move(name), std::string(field.value()));
  }
  return all;
}

std::variant<http_fault, upgrade> to_room(http_request request, std::string details_json,
                                          const site& shared) {
  auto room = requested_room(target_of(request));
  if (auto* fault = std::get_if<http_fault>(&room)) return std::move(*fault);
  room_counterpart::origin from;
  from.room = std::get<std::string>(std::move(room));
  from.object_id = proto::object_id(from.room);
  auto session = requested_session(request, from.object_id);
  if (auto* fault = std::get_if<http_fault>(&session)) return std::move(*fault);
  from.facts = std::make_shared<const room::connection_facts>(
      room::connection_facts{std::get<std::string>(std::move(session)), std::move(details_json)});
  from.id = shared.next_connection();
  const auto& home = shared.home_of(from.room);
  return upgrade{std::make_unique<room_counterpart>(home.gateway, std::move(from)), home.runs_on,
                 std::move(request)};
}

std::variant<http_fault, upgrade> to_object(http_request request, object_path path,
                                            std::string details_json, const site& shared) {
  if (auto fault = proto::object_name_fault(path.name)) {
    return http_fault{http::status::bad_request, std::move(*fault)};
  }
  const auto& home = shared.home_of(path.name);
  object_counterpart::origin from;
  from.id = shared.next_connection();
  from.facts = std::make_shared<const sockets::socket_facts>(sockets::socket_facts{
      query_parameters(target_of(request)), headers_of(request), std::move(details_json)});
  from.message_bytes_max = shared.find_kind(path.kind)->message_bytes_max;
  from.object = std::make_shared<const durable::object_address>(
      durable::object_address{std::move(path.kind), std::move(path.name)});
  return upgrade{std::make_unique<object_counterpart>(home.object_gateway, std::move(from)),
                 home.runs_on, std::move(request)};
}

}  // namespace

bool takes_websockets(std::string_view path, const site& shared) {
  if (path == "/websocket") return true;
  const auto object = object_of(path);
  return object && shared.find_kind(object->kind) != nullptr;
}

std::variant<http_fault, upgrade> read_upgrade(http_request request, std::string details_json,
                                               const site& shared) {
  if (auto fault = upgrade_fault(request)) return std::move(*fault);
  auto object = object_of(target_of(request));
  if (!object) return to_room(std::move(request), std::move(details_json), shared);
  return to_object(std::move(request), std::move(*object), std::move(details_json), shared);
}

}  // namespace innkeeper::transport
