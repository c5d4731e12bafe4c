#include "transport/routes.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <caf/send.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "transport/gateway.hpp"
#include "transport/http_date.hpp"
#include "transport/upgrades.hpp"
#include "transport/web_pages.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view html_type = "text/html; charset=utf-8";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

std::string_view path_of_request(const http_request& request) {
  return path_of({request.target().data(), request.target().size()});
}

http_response make_response(const request_head& to, http::status status, std::string_view type,
                            std::string body) {
  http_response response(status, to.version);
  response.set(http::field::date, current_http_date());
  response.set(http::field::server, "innkeeper");
  response.set(http::field::content_type, {type.data(), type.size()});
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.keep_alive(to.keep_alive);
  const auto size = body.size();
  if (to.method != http::verb::head) response.body() = std::move(body);
  response.content_length(size);
  return response;
}

/// Asks the gateway of the room's loop and comes back to the loop of the request.
template <class Question, class... Arguments>
asio::awaitable<std::optional<std::string>> ask(const site& shared, std::string room,
                                                Arguments... arguments) {
  const auto& gateway = shared.home_of(room).gateway;
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
asio::awaitable<http_response> answer_about_room(const http_request& request, const site& shared) {
  const auto head = head_of(request);
  auto room = requested_room({request.target().data(), request.target().size()});
  if (const auto* fault = std::get_if<http_fault>(&room)) co_return fault_response(head, *fault);
  auto json = co_await ask<Question>(shared, std::get<std::string>(std::move(room)));
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

bool is_route(std::string_view path, const site& shared) {
  return takes_websockets(path, shared) || path == "/details" || path == "/users" ||
         path == "/metrics" || tells_of_health(path) || web_page(path).has_value();
}

bool is_read(http::verb method) {
  return method == http::verb::get || method == http::verb::head;
}

}  // namespace

request_head head_of(const http_request& request) {
  return {request.method(), request.version(), request.keep_alive()};
}

bool asks_for_health(const http_request& request) {
  return tells_of_health(path_of_request(request));
}

bool asks_for_websocket(const http_request& request, const site& shared) {
  return request.method() == http::verb::get && takes_websockets(path_of_request(request), shared);
}

asio::awaitable<http_response> answer(const http_request& request, const site& shared) {
  const auto head = head_of(request);
  const auto path = path_of_request(request);
  if (!is_route(path, shared)) {
    co_return fault_response(
        head, {http::status::not_found, "Oh, the sadness! This route does not exist."});
  }
  if (!is_read(request.method())) {
    auto response = fault_response(head, {http::status::method_not_allowed, "Only GET and HEAD."});
    response.set(http::field::allow, "GET, HEAD");
    co_return response;
  }
  if (path == "/details") co_return co_await answer_about_room<details_wanted>(request, shared);
  if (path == "/users") co_return co_await answer_about_room<users_wanted>(request, shared);
  if (takes_websockets(path, shared)) {
    co_return fault_response(head, {http::status::bad_request, "expected websocket"});
  }
  if (path == "/metrics") {
    co_return make_response(head, http::status::ok, metrics_type, shared.watched->text());
  }
  if (tells_of_health(path)) co_return answer_about_health(head, path, *shared.health);
  auto page = make_response(head, http::status::ok, html_type, std::string(*web_page(path)));
  page.set("Content-Security-Policy", content_policy(*web_page(path)));
  page.set("X-Frame-Options", "DENY");
  page.set("Cross-Origin-Opener-Policy", "same-origin");
  co_return page;
}

asio::awaitable<std::optional<bool>> is_known_session(const site& shared, std::string room,
                                                      std::string session) {
  const auto json = co_await ask<session_wanted>(shared, std::move(room), std::move(session));
  if (!json) co_return std::nullopt;
  co_return *json == "true";
}

http_response fault_response(const request_head& to, const http_fault& fault) {
  auto response = make_response(to, fault.status, text_type, fault.sentence);
  const bool may_come_again = fault.status == http::status::too_many_requests ||
                              fault.status == http::status::service_unavailable;
  if (may_come_again) response.set(http::field::retry_after, "5");
  if (fault.status == http::status::upgrade_required) {
    response.set(http::field::sec_websocket_version, "13");
  }
  return response;
}

}  // namespace innkeeper::transport
