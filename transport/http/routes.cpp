#include "transport/http/routes.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <caf/send.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "transport/gateway/gateway.hpp"
#include "transport/http/upgrades.hpp"
#include "transport/http/web_pages.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view html_type = "text/html; charset=utf-8";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

std::string_view path_of_request(const http_request& request) {
  return path_of({request.target().data(), request.target().size()});
}

/// Asks the gateway of the room's loop and comes back to the loop of the request.
template <class Question, class... Arguments>
asio::awaitable<std::optional<std::string>> ask(const server_context& context, std::string room,
                                                Arguments... arguments) {
  const auto& gateway = context.home_of(room).gateway;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&,
                                          void(std::optional<std::string>)>(
      [&gateway, &room, &arguments...](auto done) {
        auto executor = asio::get_associated_executor(done);
        auto kept = std::make_shared<decltype(done)>(std::move(done));
        caf::anon_send(
            gateway,
            Question{room, arguments..., [executor, kept](std::optional<std::string> json) {
                       asio::post(executor, [kept, json = std::move(json)]() mutable {
                         std::move (*kept)(std::move(json));
                       });
                     }});
      },
      asio::use_awaitable);
}

template <class Question>
asio::awaitable<http_response> answer_about_room(const http_request& request,
                                                 const server_context& context) {
  const auto head = head_of(request);
  auto room = requested_room({request.target().data(), request.target().size()});
  if (const auto* fault = std::get_if<http_fault>(&room)) co_return fault_response(head, *fault);
  auto json = co_await ask<Question>(context, std::get<std::string>(std::move(room)));
  if (!json) {
    co_return fault_response(head, {http::status::service_unavailable,
                                    "The room cannot be read. Try again in a moment."});
  }
  co_return make_response(head, http::status::ok, json_type, std::move(*json));
}

bool tells_of_health(std::string_view path) {
  return path == "/healthz" || path == "/readyz";
}

/// Whoever can answer at all is alive; ready is who takes reads and writes.
http_response answer_about_health(const request_head& to, std::string_view path,
                                  const health::monitor& health) {
  if (path == "/healthz" || health.is_ready()) {
    return make_response(to, http::status::ok, text_type, "ok\n");
  }
  return make_response(to, http::status::service_unavailable, text_type, health.readiness_text());
}

bool is_route(std::string_view path, const server_context& context) {
  return takes_websockets(path, context) || path == "/details" || path == "/users" ||
         path == "/metrics" || tells_of_health(path) || web_page(path).has_value();
}

bool is_read(http::verb method) {
  return method == http::verb::get || method == http::verb::head;
}

}  // namespace

bool asks_for_health(const http_request& request) {
  return tells_of_health(path_of_request(request));
}

bool asks_for_websocket(const http_request& request, const server_context& context) {
  return request.method() == http::verb::get && takes_websockets(path_of_request(request), context);
}

asio::awaitable<http_response> answer(const http_request& request, const server_context& context) {
  const auto head = head_of(request);
  const auto path = path_of_request(request);
  if (!is_route(path, context)) {
    co_return fault_response(
        head, {http::status::not_found, "Oh, the sadness! This route does not exist."});
  }
  if (!is_read(request.method())) {
    auto response = fault_response(head, {http::status::method_not_allowed, "Only GET and HEAD."});
    response.set(http::field::allow, "GET, HEAD");
    co_return response;
  }
  if (path == "/details") co_return co_await answer_about_room<details_wanted>(request, context);
  if (path == "/users") co_return co_await answer_about_room<users_wanted>(request, context);
  if (takes_websockets(path, context)) {
    co_return fault_response(head, {http::status::bad_request, "expected websocket"});
  }
  if (path == "/metrics") {
    co_return make_response(head, http::status::ok, metrics_type, context.watched->text());
  }
  if (tells_of_health(path)) co_return answer_about_health(head, path, *context.health);
  auto page = make_response(head, http::status::ok, html_type, std::string(*web_page(path)));
  page.set("Content-Security-Policy", content_policy(*web_page(path)));
  page.set("X-Frame-Options", "DENY");
  page.set("Cross-Origin-Opener-Policy", "same-origin");
  co_return page;
}

asio::awaitable<std::optional<bool>> is_known_session(const server_context& context,
                                                      std::string room, std::string session) {
  const auto json = co_await ask<session_wanted>(context, std::move(room), std::move(session));
  if (!json) co_return std::nullopt;
  co_return *json == "true";
}

}  // namespace innkeeper::transport
