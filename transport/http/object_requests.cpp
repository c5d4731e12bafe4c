#include "transport/http/object_requests.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <caf/send.hpp>
#include <optional>
#include <utility>

#include "proto/names.hpp"
#include "transport/gateway/gateway_actor.hpp"
#include "transport/http/request_parts.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

/// Why the object is not even asked.
std::optional<http_fault> fault_of_request(const http_request& request, const object_path& path,
                                           const remote_client& who,
                                           const server_context& context) {
  if (context.find_kind(path.kind) == nullptr) {
    return http_fault{http::status::not_found,
                      "There is no kind of object with this name that takes requests."};
  }
  if (auto fault = proto::object_name_fault(path.name)) {
    return http_fault{http::status::bad_request, std::move(*fault)};
  }
  if (request.method() == http::verb::unknown) {
    return http_fault{http::status::method_not_allowed, "This method is not known here."};
  }
  if (is_foreign_change(request, who, context)) {
    return http_fault{http::status::forbidden, foreign_change_refused};
  }
  return std::nullopt;
}

}  // namespace

asio::awaitable<std::shared_ptr<const sockets::response>> ask_object(
    durable::address_ptr object, sockets::request what, const server_context& context) {
  using response_ptr = std::shared_ptr<const sockets::response>;
  const auto& gateway = context.home_of(object->name).gateway.actor();
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(response_ptr)>(
      [&gateway, &object, &what](auto done) {
        auto executor = asio::get_associated_executor(done);
        auto kept = std::make_shared<decltype(done)>(std::move(done));
        caf::anon_send(gateway, request_arrived{std::move(object), std::move(what),
                                                [executor, kept](response_ptr with) {
                                                  asio::post(executor, [kept, with]() mutable {
                                                    std::move (*kept)(std::move(with));
                                                  });
                                                }});
      },
      asio::use_awaitable);
}

http_response response_of(const request_head& to,
                          const std::shared_ptr<const sockets::response>& answered,
                          const char* unless) {
  if (!answered) return fault_response(to, {http::status::service_unavailable, unless});
  return make_response(to, http::int_to_status(answered->status), answered->type, answered->body);
}

bool is_object_request(const http_request& request) {
  return request.count(http::field::upgrade) == 0 && path_of_object(target_of(request)).has_value();
}

bool is_foreign_change(const http_request& request, const remote_client& who,
                       const server_context& context) {
  if (only_reads(request.method())) return false;
  const auto listed = context.allowed_origins.current();
  return origin_of(request, who.secure, *listed) == origin_kind::foreign;
}

asio::awaitable<http_response> answer_by_object(const http_request& request,
                                                const remote_client& who,
                                                const server_context& context) {
  const auto head = head_of(request);
  const auto target = target_of(request);
  auto path = *path_of_object(target);
  if (auto fault = fault_of_request(request, path, who, context)) {
    co_return fault_response(head, *fault);
  }
  const auto* kind = context.find_kind(path.kind);
  sockets::request what;
  // Whoever asks for the head alone gets that of the whole answer.
  what.method = request.method() == http::verb::head ? "GET" : std::string(request.method_string());
  what.path = std::move(path.rest);
  what.query = query_parameters(target);
  what.headers = header_fields(request);
  what.body = request.body();
  // Named, for g++ 12 destroys aggregates that are temporaries of a co_await twice.
  auto object = std::make_shared<const durable::object_address>(
      durable::object_address{kind, std::move(path.name)});
  const auto answered = co_await ask_object(std::move(object), std::move(what), context);
  co_return response_of(head, answered, "The object cannot answer now. Try again in a moment.");
}

}  // namespace innkeeper::transport
