#include "transport/http/http_session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "memory/connection_memory.hpp"
#include "proto/limit_table.hpp"
#include "proto/limits.hpp"
#include "transport/http/object_requests.hpp"
#include "transport/http/request_parts.hpp"
#include "transport/http/routes.hpp"
#include "transport/http/turned_away.hpp"
#include "transport/http/upgrades.hpp"
#include "transport/loop/steady_ms.hpp"
#include "transport/socket/drain_input.hpp"
#include "transport/websocket/websocket_session.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::steady_clock;
using stream = beast::basic_stream<tcp, asio::io_context::executor_type>;

constexpr std::chrono::milliseconds farewell_max{proto::farewell_ms_max};
constexpr std::chrono::milliseconds farewell_pause{20};

/// 0: no limit.
void expires_at(stream& connection, steady_clock::time_point since, std::size_t limit_ms) {
  if (limit_ms == 0) return connection.expires_never();
  connection.expires_at(since + std::chrono::milliseconds(limit_ms));
}

asio::awaitable<bool> write_response(stream& to, http_response response,
                                     const proto::limits& bounds) {
  expires_at(to, steady_clock::now(), bounds.response_ms);
  const bool keep_alive = response.keep_alive();
  auto [error, size] =
      co_await http::async_write(to, response, asio::as_tuple(asio::use_awaitable));
  co_return !error && keep_alive;
}

/// What to answer a request that cannot be read; nothing if there is nobody to answer.
std::optional<http_fault> reading_fault(beast::error_code error, const proto::limits& bounds) {
  if (error == http::error::header_limit) {
    return http_fault{http::status::request_header_fields_too_large,
                      "A request's header may have at most " +
                          proto::limit_text(bounds.header_bytes, proto::limit_unit::bytes) +
                          ". Delete cookies of this site."};
  }
  const bool ended = error == http::error::end_of_stream || error == http::error::partial_message;
  if (ended || error.category() != http::make_error_code(http::error::bad_method).category()) {
    return std::nullopt;
  }
  return http_fault{http::status::bad_request, "This is not an HTTP request that can be read."};
}

/// What makes it doubtful where a request ends or whom it is for (RFC 9112 sections 3.2 and 6.3).
std::optional<http_fault> framing_fault(const http::request_parser<http::empty_body>& parser) {
  const auto& request = parser.get();
  if (request.count(http::field::transfer_encoding) > 0 && !parser.chunked()) {
    return http_fault{http::status::bad_request, "A body's last encoding has to be 'chunked'."};
  }
  const auto hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version() >= 11)) {
    return http_fault{http::status::bad_request, "A request needs one 'Host'."};
  }
  if (!parser.is_done() && request.count(http::field::upgrade) > 0) {
    return http_fault{http::status::bad_request, "A handshake may have no body."};
  }
  return std::nullopt;
}

/// Takes empty lines off that stand before a request (RFC 9112 section 2.2): some clients send one
/// behind a body. Gives what ended the connection; whoever sends nothing else is no HTTP client.
asio::awaitable<beast::error_code> skip_empty_lines(stream& from, beast::flat_buffer& buffer) {
  constexpr std::size_t piece_bytes = 512;
  constexpr std::string_view empty_line = "\r\n";
  for (std::size_t lines = 0;;) {
    const auto data = buffer.cdata();
    const std::string_view come(static_cast<const char*>(data.data()), data.size());
    if (come.starts_with(empty_line)) {
      if (++lines > proto::empty_lines_max) co_return http::error::bad_method;
      buffer.consume(empty_line.size());
    } else if (!empty_line.starts_with(come)) {
      co_return beast::error_code();
    } else {
      auto [error, size] = co_await from.async_read_some(buffer.prepare(piece_bytes),
                                                         asio::as_tuple(asio::use_awaitable));
      if (error) co_return error == asio::error::eof ? http::error::end_of_stream : error;
      buffer.commit(size);
    }
  }
}

/// Reads what an object or a route is sent. A fault if that is not to be had.
asio::awaitable<std::optional<http_fault>> read_body(stream& from, beast::flat_buffer& buffer,
                                                     http::request_parser<http::empty_body>& header,
                                                     http_request& into) {
  const http_fault too_large{http::status::payload_too_large,
                             "A request may have a body of at most 64 KiB."};
  // Beast looks at the limit while it reads the header, and at chunks.
  if (header.content_length().value_or(0) > proto::request_body_bytes_max) co_return too_large;
  if (into[http::field::expect] == "100-continue") {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(from, asio::buffer(go_on), asio::as_tuple(asio::use_awaitable));
  }
  http::request_parser<http::string_body> parser(std::move(header));
  parser.body_limit(proto::request_body_bytes_max);
  auto [error, size] =
      co_await http::async_read(from, buffer, parser, asio::as_tuple(asio::use_awaitable));
  if (error == http::error::body_limit) co_return too_large;
  if (error) co_return http_fault{http::status::bad_request, "The body cannot be read."};
  into.body() = std::move(parser.get().body());
  co_return std::nullopt;
}

/// Reads a request's header, which was due from `since` on, and its body if it is for one
/// that takes it. Others take none: a request with one is answered, and then the connection is
/// closed. Nothing if the connection is over; a request that cannot be read has been answered then.
asio::awaitable<std::optional<http_request>> read_request(stream& from, beast::flat_buffer& buffer,
                                                          steady_clock::time_point since,
                                                          const proto::limits& bounds,
                                                          const server_context& context) {
  http::request_parser<http::empty_body> parser;
  constexpr auto any = std::numeric_limits<std::uint32_t>::max();
  parser.body_limit(boost::none);  // nothing of it is read
  parser.header_limit(bounds.header_bytes == 0 || bounds.header_bytes > any
                          ? any
                          : static_cast<std::uint32_t>(bounds.header_bytes));
  expires_at(from, since, bounds.handshake_ms);
  auto error = co_await skip_empty_lines(from, buffer);
  std::size_t size = 0;
  if (!error) {
    std::tie(error, size) =
        co_await http::async_read_header(from, buffer, parser, asio::as_tuple(asio::use_awaitable));
  }
  // The parser counts the first line apart.
  if (!error && proto::is_over(size, bounds.header_bytes)) error = http::error::header_limit;
  auto fault = error ? reading_fault(error, bounds) : framing_fault(parser);
  if (!error && !fault) {
    const bool has_body = !parser.is_done();
    http_request request(has_body ? parser.get().base() : std::move(parser.get().base()));
    request.target(std::string(origin_form({request.target().data(), request.target().size()})));
    if (!has_body) co_return request;
    if (!takes_body(request, context)) {
      request.keep_alive(false);
      co_return request;
    }
    fault = co_await read_body(from, buffer, parser, request);
    if (!fault) co_return request;
  }
  if (fault) {
    co_await write_response(from, fault_response({http::verb::get, 11, false}, *fault), bounds);
  }
  co_return std::nullopt;
}

/// Ends the connection so that what was answered arrives: closing with something unread would make
/// the kernel reset it, and the client might lose the answer. Looks now and then only, for whoever
/// goes on sending is not to be worth more time.
asio::awaitable<void> say_goodbye(stream& connection) {
  beast::error_code ignored;
  static_cast<void>(connection.socket().shutdown(tcp::socket::shutdown_send, ignored));
  asio::steady_timer pause(connection.get_executor());
  const auto deadline = steady_clock::now() + farewell_max;
  std::size_t drained = 0;
  while (drained < proto::drained_bytes_max && pause.expiry() < deadline) {
    const auto size = drain_input(connection.socket().native_handle());
    if (size == 0) co_return;
    drained += size.value_or(0);
    pause.expires_after(farewell_pause);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

/// The last answer on its connection.
http_response last_response(request_head head, const http_fault& fault) {
  head.keep_alive = false;
  return fault_response(head, fault);
}

http_response too_many_requests(const request_head& head, const remote_client& who,
                                const server_context& context) {
  report_too_many_requests(*context.health, who.address);
  return last_response(head, too_many_requests_fault());
}

/// HEAD costs as much to answer, though nothing of it is sent.
std::size_t content_length(const http_response& response) {
  const auto text = response[http::field::content_length];
  std::size_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

/// A long answer counts as several: it takes time, and waits in memory until it is taken.
asio::awaitable<http_response> answer_within_rate(const http_request& request,
                                                  const remote_client& who,
                                                  const server_context& context) {
  const auto network = network_of(who.address);
  const bool is_within_rate = asks_for_health(request)
                                  ? context.admission->may_ask_for_health(network, steady_ms())
                                  : context.admission->may_ask(network, steady_ms());
  if (!is_within_rate) co_return too_many_requests(head_of(request), who, context);
  auto response = co_await answer(request, who, context);
  const auto further = content_length(response) / proto::bytes_of_one_request;
  if (further > 0 && !context.admission->may_get(network, steady_ms(), further)) {
    co_return too_many_requests(head_of(request), who, context);
  }
  co_return response;
}

/// Behind a proxy it is known only now whose socket this is.
std::optional<http_fault> count_visitor(const remote_client& who, const server_context& context,
                                        connection_slot& place) {
  if (!who.behind_proxy) return std::nullopt;
  const auto refusal = context.admission->enter_as(network_of(who.address), steady_ms(), place);
  if (!refusal) return std::nullopt;
  report_refusal(*context.health, *refusal, who.address);
  return fault_of(*refusal);
}

remote_client visitor_for(const http_request& request, const peer& from,
                          const server_context& context) {
  const auto who = resolve_remote_client(request, from, *context.trusted_proxies.current());
  if (speaks_as_proxy(request, who)) {
    context.health->report(health::reason::proxy_not_trusted,
                           who.address.to_string() + " sends X-Forwarded-For");
  }
  return who;
}

/// One request, answered if it asks how the server is, and the end. The socket is closed at once:
/// whoever is turned away is not to hold anything meanwhile.
asio::awaitable<void> serve_on_probation(stream connection, peer from, arrival::turned_away on,
                                         std::shared_ptr<const server_context> context) {
  auto bounds = *context->bounds;
  for (auto* each : {&bounds.handshake_ms, &bounds.response_ms}) {
    *each = *each == 0 ? proto::probation_ms_max : std::min(*each, proto::probation_ms_max);
  }
  beast::flat_buffer buffer;
  auto request = co_await read_request(connection, buffer, steady_clock::now(), bounds, *context);
  if (!request) co_return;
  const auto who = visitor_for(*request, from, *context);
  request->keep_alive(false);
  http_response response;
  if (asks_for_health(*request)) {
    response = co_await answer_within_rate(*request, who, *context);
  } else {
    report_refusal(*context->health, on.why, who.address);
    response = last_response(head_of(*request), fault_of(on.why));
  }
  co_await write_response(connection, std::move(response), bounds);
  static_cast<void>(drain_input(connection.socket().native_handle()));
}

/// Moves the socket to the loop of its object, where it stays.
void hand_over(stream connection, upgrade asked, connection_slot place, std::string read_ahead,
               const server_context& context) {
  const int descriptor = connection.release_socket().release();
  auto& target = *asked.home;
  asio::post(target.io(),
             [&target, descriptor, &limits = *context.bounds, &health = *context.health,
              from = websocket_session::origin{std::move(asked.to), std::move(asked.request),
                                               std::move(place), std::move(read_ahead),
                                               context.deflate}]() mutable {
               memory::shared_by_connection<websocket_session>(target, descriptor, std::move(from),
                                                               limits, health)
                   ->start();
             });
}

}  // namespace

asio::awaitable<void> serve_http(tcp_socket socket, arrival came,
                                 std::shared_ptr<const server_context> context) {
  stream connection(std::move(socket));
  if (came.on_probation) {
    co_return co_await serve_on_probation(std::move(connection), came.from,
                                          std::move(*came.on_probation), std::move(context));
  }
  beast::flat_buffer buffer;
  const auto& bounds = *context->bounds;
  for (auto since = came.since;; since = steady_clock::now()) {
    auto request = co_await read_request(connection, buffer, since, bounds, *context);
    if (!request) break;
    const auto who = visitor_for(*request, came.from, *context);
    if (!asks_for_websocket(*request, *context)) {
      auto response = co_await answer_within_rate(*request, who, *context);
      if (!co_await write_response(connection, std::move(response), bounds)) break;
      continue;
    }
    const auto head = head_of(*request);
    auto asked = co_await read_upgrade(std::move(*request), who, *context);
    if (std::holds_alternative<upgrade>(asked)) {
      if (const auto fault = count_visitor(who, *context, came.place)) {
        co_await write_response(connection, last_response(head, *fault), bounds);
        break;
      }
    }
    if (const auto* fault = std::get_if<http_fault>(&asked)) {
      const bool may_ask = context->admission->may_ask(network_of(who.address), steady_ms());
      auto response =
          may_ask ? fault_response(head, *fault) : too_many_requests(head, who, *context);
      if (!co_await write_response(connection, std::move(response), bounds)) break;
      continue;
    }
    connection.expires_never();
    hand_over(std::move(connection), std::get<upgrade>(std::move(asked)), std::move(came.place),
              beast::buffers_to_string(buffer.data()), *context);
    co_return;
  }
  co_await say_goodbye(connection);
}

}  // namespace innkeeper::transport
