#include "transport/http/upgrades.hpp"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "actors/sockets/echo.hpp"
#include "proto/names.hpp"
#include "transport/gateway/gateway_counterpart.hpp"
#include "transport/http/connection_details.hpp"
#include "transport/http/request_parts.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

/// The short way to the echo is there for tests of the protocol, which want a plain path.
std::optional<object_path> object_of(std::string_view target) {
  if (path_of(target) == "/echo") {
    return object_path{std::string(sockets::echo_kind::kind_name), "echo", ""};
  }
  return path_of_object(target);
}

upgrade_result to_object(http_request request, object_path path, const remote_client& who,
                         const server_context& context) {
  if (auto fault = proto::object_name_fault(path.name)) {
    return http_fault{http::status::bad_request, std::move(*fault)};
  }
  const auto& home = context.home_of(path.name);
  const auto* kind = context.find_kind(path.kind);
  gateway_counterpart::origin from;
  from.id = context.next_connection();
  // Each connection is a session of its own.
  from.facts = std::make_shared<const sockets::connection_facts>(sockets::connection_facts{
      std::to_string(from.id), connection_details(who, request, context.places.get()),
      network_of(who.address)});
  from.asked = std::make_shared<const sockets::handshake>(
      sockets::handshake{query_parameters(target_of(request)), header_fields(request)});
  from.message_bytes_max = kind->message_bytes_max(context.bounds->message_bytes);
  from.object = std::make_shared<const durable::object_address>(
      durable::object_address{kind, std::move(path.name)});
  return upgrade{std::make_unique<gateway_counterpart>(home.gateway, std::move(from)), home.runs_on,
                 std::move(request)};
}

/// Null if there is none.
const upgrade_route* find_upgrade_route(std::string_view path, const server_context& context) {
  const auto found = std::ranges::find(context.upgrade_routes, path, &upgrade_route::path);
  return found == context.upgrade_routes.end() ? nullptr : &*found;
}

/// An origin that the owner has forgotten looks to its users like a fault of the server.
void report_foreign_page(const http_request& request, bool refused, const server_context& context) {
  const auto origin = request[http::field::origin];
  context.health->report(
      refused ? health::reason::origin_refused : health::reason::page_without_cookies,
      "a page of " + std::string(origin.data(), origin.size()));
}

}  // namespace

bool takes_websockets(std::string_view path, const server_context& context) {
  if (find_upgrade_route(path, context) != nullptr) return true;
  const auto object = object_of(path);
  return object && object->rest.empty() && context.find_kind(object->kind) != nullptr;
}

asio::awaitable<upgrade_result> read_upgrade(http_request request, remote_client who,
                                             const server_context& context) {
  for (const auto list : {http::field::connection, http::field::upgrade}) join_lines(request, list);
  if (auto fault = upgrade_fault(request)) co_return std::move(*fault);
  const auto listed = context.allowed_origins.current();
  const bool foreign = origin_of(request, who.secure, *listed) == origin_kind::foreign;
  if (foreign) report_foreign_page(request, !listed->empty(), context);
  if (foreign && !listed->empty()) {
    co_return http_fault{http::status::forbidden, "Pages of this site may not connect here."};
  }
  const auto path = path_of(target_of(request));
  if (const auto* found = find_upgrade_route(path, context)) {
    co_return co_await found->read(std::move(request), who, foreign, context);
  }
  auto object = *object_of(target_of(request));
  if (foreign) request.erase(http::field::cookie);
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.Move): taken to run on behind the co_return above
  co_return to_object(std::move(request), std::move(object), who, context);
}

}  // namespace innkeeper::transport
