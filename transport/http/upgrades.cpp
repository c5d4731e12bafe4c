#include "transport/http/upgrades.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "actors/sockets/echo.hpp"
#include "proto/admin_key.hpp"
#include "proto/json_text.hpp"
#include "proto/names.hpp"
#include "transport/gateway/object_counterpart.hpp"
#include "transport/gateway/room_counterpart.hpp"
#include "transport/http/routes.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
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

/// The address, and what a trusted proxy's headers or the database tell of it.
std::string connection_details(const remote_client& who, const http_request& request,
                               const server_context& context) {
  auto fields = "\"clientIp\":" + proto::quote(who.address.to_string());
  const auto told = who.behind_proxy ? cloudflare_fields(request) : std::string();
  if (!told.empty()) {
    fields += told;
  } else if (context.places) {
    fields += context.places->fields(who.address);
  }
  return "{" + fields + "}";
}

std::string fresh_session(const server_context& context) {
  return context.signer ? context.signer->sign(new_session()) : new_session();
}

/// A session id that the client has brought, if it is taken for its own.
asio::awaitable<std::variant<http_fault, std::string>> accepted_session(
    std::string named, const std::string& room, const server_context& context) {
  if (named.empty()) co_return fresh_session(context);
  if (context.signer && !context.signer->is_signed(named)) co_return fresh_session(context);
  if (context.sessions == session_rule::known) {
    const auto known = co_await is_known_session(context, room, named);
    if (!known) {
      co_return http_fault{http::status::service_unavailable,
                           "The room cannot be read. Try again in a moment."};
    }
    if (!*known) co_return fresh_session(context);
  }
  co_return std::move(named);
}

/// Another site's page (`foreign`) neither uses nor gets a cookie.
asio::awaitable<std::variant<http_fault, upgrade>> to_room(http_request request, remote_client who,
                                                           bool foreign,
                                                           const server_context& context) {
  auto room = requested_room(target_of(request));
  if (auto* fault = std::get_if<http_fault>(&room)) co_return std::move(*fault);
  room_counterpart::origin from;
  from.room = std::get<std::string>(std::move(room));
  from.object_id = proto::object_id(from.room);
  auto named = named_session(request, from.object_id, !foreign);
  if (auto* fault = std::get_if<http_fault>(&named)) co_return std::move(*fault);
  auto session =
      co_await accepted_session(std::get<std::string>(std::move(named)), from.room, context);
  if (auto* fault = std::get_if<http_fault>(&session)) co_return std::move(*fault);
  from.facts = std::make_shared<const room::connection_facts>(
      room::connection_facts{std::get<std::string>(std::move(session)),
                             connection_details(who, request, context), network_of(who.address)});
  if (!foreign) {
    from.cookie =
        session_cookie(from.object_id, from.facts->session, who.secure, context.session_ttl);
  }
  from.bounds = context.bounds;
  from.id = context.next_connection();
  const auto& home = context.home_of(from.room);
  co_return upgrade{std::make_unique<room_counterpart>(home.gateway, std::move(from)), home.runs_on,
                    std::move(request)};
}

std::variant<http_fault, upgrade> to_object(http_request request, object_path path,
                                            std::string details_json,
                                            const server_context& context) {
  if (auto fault = proto::object_name_fault(path.name)) {
    return http_fault{http::status::bad_request, std::move(*fault)};
  }
  const auto& home = context.home_of(path.name);
  object_counterpart::origin from;
  from.id = context.next_connection();
  from.facts = std::make_shared<const sockets::socket_facts>(sockets::socket_facts{
      query_parameters(target_of(request)), headers_of(request), std::move(details_json)});
  const auto& kind = *context.find_kind(path.kind);
  from.message_bytes_max = kind.message_bytes_max;
  from.object = std::make_shared<const durable::object_address>(
      durable::object_address{kind.kind, std::move(path.name)});
  return upgrade{std::make_unique<object_counterpart>(home.object_gateway, std::move(from)),
                 home.runs_on, std::move(request)};
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
  if (path == "/websocket") return true;
  const auto object = object_of(path);
  return object && context.find_kind(object->kind) != nullptr;
}

asio::awaitable<std::variant<http_fault, upgrade>> read_upgrade(http_request request,
                                                                remote_client who,
                                                                const server_context& context) {
  for (const auto list : {http::field::connection, http::field::upgrade}) join_lines(request, list);
  if (auto fault = upgrade_fault(request)) co_return std::move(*fault);
  const auto listed = context.allowed_origins.current();
  const bool foreign = origin_of(request, who.secure, *listed) == origin_kind::foreign;
  if (foreign) report_foreign_page(request, !listed->empty(), context);
  if (foreign && !listed->empty()) {
    co_return http_fault{http::status::forbidden, "Pages of this site may not connect here."};
  }
  auto object = object_of(target_of(request));
  if (!object) co_return co_await to_room(std::move(request), who, foreign, context);
  if (foreign) request.erase(http::field::cookie);
  auto details = connection_details(who, request, context);
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.Move): taken to run on behind the co_return above
  co_return to_object(std::move(request), std::move(*object), std::move(details), context);
}

}  // namespace innkeeper::transport
