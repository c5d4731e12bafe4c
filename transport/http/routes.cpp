#include "transport/http/routes.hpp"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "transport/http/object_requests.hpp"
#include "transport/http/request_parts.hpp"
#include "transport/http/upgrades.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

std::string_view path_of_request(const http_request& request) {
  return path_of(target_of(request));
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

bool has(const std::vector<http::verb>& methods, http::verb method) {
  return std::ranges::find(methods, method) != methods.end();
}

/// Null if there is none.
const route* find_route(std::string_view path, http::verb method, const server_context& context) {
  const auto found = std::ranges::find_if(context.routes, [&](const route& each) {
    return each.path == path && has(each.methods, method);
  });
  return found == context.routes.end() ? nullptr : &*found;
}

/// What may be asked at a path; empty if there is nothing.
std::vector<http::verb> methods_at(std::string_view path, const server_context& context) {
  if (takes_websockets(path, context) || path == "/metrics" || tells_of_health(path)) {
    return {http::verb::get, http::verb::head};
  }
  std::vector<http::verb> all;
  for (const auto& each : context.routes) {
    if (each.path == path) all.insert(all.end(), each.methods.begin(), each.methods.end());
  }
  return all;
}

http_response wrong_method(const request_head& to, const std::vector<http::verb>& methods) {
  std::string listed;
  std::string told = "Only ";
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const auto name = std::string(http::to_string(methods[i]));
    listed.append(i == 0 ? "" : ", ").append(name);
    told.append(i == 0 ? "" : i + 1 == methods.size() ? " and " : ", ").append(name);
  }
  auto response = fault_response(to, {http::status::method_not_allowed, told + "."});
  response.set(http::field::allow, listed);
  return response;
}

}  // namespace

bool asks_for_health(const http_request& request) {
  return tells_of_health(path_of_request(request));
}

bool asks_for_websocket(const http_request& request, const server_context& context) {
  return request.method() == http::verb::get &&
         takes_websockets(path_of_request(request), context) && !is_object_request(request);
}

bool takes_body(const http_request& request, const server_context& context) {
  if (only_reads(request.method())) return false;
  return is_object_request(request) ||
         find_route(path_of_request(request), request.method(), context) != nullptr;
}

asio::awaitable<http_response> answer(const http_request& request, const remote_client& who,
                                      const server_context& context) {
  const auto head = head_of(request);
  const auto path = path_of_request(request);
  if (is_object_request(request)) co_return co_await answer_by_object(request, who, context);
  const auto methods = methods_at(path, context);
  if (methods.empty()) {
    co_return fault_response(
        head, {http::status::not_found, "Oh, the sadness! This route does not exist."});
  }
  if (!has(methods, request.method())) co_return wrong_method(head, methods);
  if (const auto* found = find_route(path, request.method(), context)) {
    if (is_foreign_change(request, who, context)) {
      co_return fault_response(head, {http::status::forbidden, foreign_change_refused});
    }
    co_return co_await found->answer(request, context);
  }
  if (takes_websockets(path, context)) {
    co_return fault_response(head, {http::status::bad_request, "expected websocket"});
  }
  if (path == "/metrics") {
    co_return make_response(head, http::status::ok, metrics_type, context.watched->text());
  }
  co_return answer_about_health(head, path, *context.health);
}

}  // namespace innkeeper::transport
