#include "app/rooms/room_routes.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "app/rooms/room_request.hpp"
#include "app/rooms/session_cookie.hpp"
#include "app/rooms/web_pages.hpp"
#include "proto/digest.hpp"
#include "transport/gateway/gateway_counterpart.hpp"
#include "transport/http/connection_details.hpp"
#include "transport/http/object_requests.hpp"
#include "transport/http/responses.hpp"
#include "transport/http/upgrades.hpp"

namespace innkeeper::app {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using transport::http_fault;
using transport::http_request;
using transport::http_response;
using transport::server_context;
using transport::target_of;

constexpr std::string_view html_type = "text/html; charset=utf-8";

durable::address_ptr address_of(const room_access& access, std::string room) {
  return std::make_shared<const durable::object_address>(
      durable::object_address{access.kind, std::move(room)});
}

// ---- questions

asio::awaitable<http_response> answer_about_room(const http_request& request,
                                                 const server_context& context,
                                                 const room_access& access, const char* path) {
  const auto head = transport::head_of(request);
  auto room = requested_room(target_of(request));
  if (const auto* fault = std::get_if<http_fault>(&room)) {
    co_return transport::fault_response(head, *fault);
  }
  sockets::request what;
  what.method = "GET";
  what.path = path;
  auto object = address_of(access, std::get<std::string>(std::move(room)));
  const auto answered = co_await transport::ask_object(std::move(object), std::move(what), context);
  co_return transport::response_of(head, answered,
                                   "The room cannot be read. Try again in a moment.");
}

/// Whether the room knows this session; nothing if it cannot be read.
asio::awaitable<std::optional<bool>> is_known_session(const server_context& context,
                                                      const room_access& access, std::string room,
                                                      std::string session) {
  sockets::request what;
  what.method = "GET";
  what.path = room::session_path;
  what.query.emplace_back("session", std::move(session));
  auto object = address_of(access, std::move(room));
  const auto answered = co_await transport::ask_object(std::move(object), std::move(what), context);
  if (!answered) co_return std::nullopt;
  co_return answered->body == "true";
}

// ---- sessions

std::string fresh_session(const room_access& access) {
  return access.signer ? access.signer->sign(new_session()) : new_session();
}

/// A session id that the client has brought, if it is taken for its own.
asio::awaitable<std::variant<http_fault, std::string>> accepted_session(
    std::string named, const std::string& room, const server_context& context,
    const room_access& access) {
  if (named.empty()) co_return fresh_session(access);
  if (access.signer && !access.signer->is_signed(named)) co_return fresh_session(access);
  if (access.sessions == session_rule::known) {
    const auto known = co_await is_known_session(context, access, room, named);
    if (!known) {
      co_return http_fault{http::status::service_unavailable,
                           "The room cannot be read. Try again in a moment."};
    }
    if (!*known) co_return fresh_session(access);
  }
  co_return std::move(named);
}

asio::awaitable<transport::upgrade_result> upgrade_to_room(http_request request,
                                                           transport::remote_client who,
                                                           bool foreign,
                                                           const server_context& context,
                                                           const room_access& access) {
  auto room = requested_room(target_of(request));
  if (auto* fault = std::get_if<http_fault>(&room)) co_return std::move(*fault);
  const auto name = std::get<std::string>(std::move(room));
  const auto object_id = proto::object_id(name);
  auto named = named_session(request, object_id, !foreign);
  if (auto* fault = std::get_if<http_fault>(&named)) co_return std::move(*fault);
  auto accepted =
      co_await accepted_session(std::get<std::string>(std::move(named)), name, context, access);
  if (auto* fault = std::get_if<http_fault>(&accepted)) co_return std::move(*fault);
  auto session = std::get<std::string>(std::move(accepted));
  transport::gateway_counterpart::origin from;
  from.id = context.next_connection();
  from.object = address_of(access, name);
  if (!foreign) {
    from.answer_fields.emplace_back(
        "Set-Cookie", session_cookie(object_id, session, who.secure, access.session_ttl));
  }
  from.answer_fields.emplace_back("X-Session-Id", session);
  from.facts = std::make_shared<const sockets::connection_facts>(sockets::connection_facts{
      std::move(session), transport::connection_details(who, request, context.places.get()),
      transport::network_of(who.address)});
  from.message_bytes_max = context.bounds->message_bytes;
  const auto& home = context.home_of(name);
  co_return transport::upgrade{
      std::make_unique<transport::gateway_counterpart>(home.gateway, std::move(from)), home.runs_on,
      std::move(request)};
}

// ---- pages

http_response page_response(const http_request& request, std::string_view page) {
  auto made = transport::make_response(transport::head_of(request), http::status::ok, html_type,
                                       std::string(page));
  made.set("Content-Security-Policy", content_policy(page));
  made.set("X-Frame-Options", "DENY");
  made.set("Cross-Origin-Opener-Policy", "same-origin");
  return made;
}

}  // namespace

void add_room_routes(server_context& to, std::shared_ptr<const room_access> access) {
  for (const auto* path : {room::details_path, room::users_path}) {
    to.routes.push_back(
        {path, [access, path](const http_request& request, const server_context& context) {
           return answer_about_room(request, context, *access, path);
         }});
  }
  for (const auto& path : web_page_paths()) {
    to.routes.push_back({std::string(path),
                         [path](const http_request& request,
                                const server_context&) -> asio::awaitable<http_response> {
                           co_return page_response(request, *web_page(path));
                         }});
  }
  to.upgrade_routes.push_back(
      {"/websocket", [access](http_request request, transport::remote_client who, bool foreign,
                              const server_context& context) {
         return upgrade_to_room(std::move(request), who, foreign, context, *access);
       }});
}

}  // namespace innkeeper::app
