#include "tests/support/http_client.hpp"

#include <chrono>
#include <sstream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace innkeeper::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using error_code = boost::system::error_code;

constexpr std::chrono::seconds request_time_max{10};
constexpr int http_1_1 = 11;

using parser = http::response_parser<http::string_body>;

std::string lower(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return text;
}

http::request<http::string_body> message_of(const http_request& request) {
  http::request<http::string_body> message;
  message.version(http_1_1);
  message.method_string(request.method);
  message.target(request.target);
  message.set(http::field::host, "127.0.0.1");
  message.set(http::field::connection, "close");
  for (const auto& [name, value] : request.headers) {
    message.set(name, value);
  }
  message.body() = request.body;
  if (!request.body.empty()) {
    message.prepare_payload();
  }
  return message;
}

/// Sends and receives on a stream whose deadline is set.
error_code exchange(asio::io_context& io, beast::tcp_stream& stream,
                    const http::request<http::string_body>& message, parser& answer,
                    beast::flat_buffer& buffer) {
  error_code result;
  // A server may refuse and answer before it has read everything, so a failed write is no failure.
  http::async_write(stream, message, [&](error_code, std::size_t) {
    http::async_read(stream, buffer, answer, [&](error_code f, std::size_t) { result = f; });
  });
  io.run();
  return result;
}

/// What follows an answer that must have no body, up to the end of the connection.
std::string rest(asio::io_context& io, beast::tcp_stream& stream, beast::flat_buffer& buffer) {
  io.restart();
  asio::async_read(stream, buffer, [](error_code, std::size_t) {});
  io.run();
  return beast::buffers_to_string(buffer.data());
}

}  // namespace

std::string http_answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string http_answer::media_type() const {
  const std::string whole = header("content-type");
  return whole.substr(0, whole.find(';'));
}

http_answer fetch(std::uint16_t port, const http_request& request) {
  asio::io_context io;
  beast::tcp_stream stream(io);
  error_code failure;
  stream.socket().connect({asio::ip::address_v4::loopback(), port}, failure);
  if (failure) {
    return {0, {}, "cannot connect: " + failure.message()};
  }
  stream.expires_after(request_time_max);
  parser answer;
  answer.skip(request.method == "HEAD");
  beast::flat_buffer buffer;
  failure = exchange(io, stream, message_of(request), answer, buffer);
  if (failure) {
    return {0, {}, "no whole answer: " + failure.message()};
  }
  http_answer result{answer.get().result_int(), {}, answer.get().body()};
  for (const auto& field : answer.get()) {
    result.headers.emplace(lower(std::string(field.name_string())), std::string(field.value()));
  }
  if (request.method == "HEAD") {
    result.body = rest(io, stream, buffer);
  }
  return result;
}

double metric(std::uint16_t port, const std::string& name) {
  std::istringstream lines(fetch(port, {.target = "/metrics"}).body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + " ")) {
      return std::stod(line.substr(name.size() + 1));
    }
  }
  return -1;
}

}  // namespace innkeeper::testing
