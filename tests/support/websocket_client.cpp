#include "tests/support/websocket_client.hpp"

#include <stdexcept>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include "tests/support/event_pump.hpp"

namespace innkeeper::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using error_code = boost::system::error_code;

constexpr std::chrono::seconds action_time_max{10};
constexpr std::size_t message_bytes_max = 64u << 20;
constexpr char close_frame_head = '\x88';
constexpr std::size_t mask_bit = 0x80;
constexpr std::size_t mask_bytes = 4;
constexpr std::uint16_t closed_without_code = 1005;
constexpr std::uint16_t closed_without_frame = 1006;

std::string lower(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return text;
}

}  // namespace

/// What pending operations refer to; it lives as long as one of them does.
struct websocket_client::connection : std::enable_shared_from_this<connection> {
  connection(asio::io_context& io, bool pings) : stream(io), keep_pings(pings) {}

  void listen() {
    stream.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
      if (kind == websocket::frame_type::pong) {
        events.push_back({client_event::kind::pong, std::string(payload), 0});
      }
    });
    stream.read_message_max(message_bytes_max);
    open = true;
    read();
  }

  void read() {
    stream.async_read(buffer, [self = shared_from_this()](error_code failure, std::size_t) {
      self->received(failure);
    });
  }

  void received(error_code failure) {
    if (!open) {
      return;  // terminated by the test, which wants to hear no more of it
    }
    if (failure) {
      open = false;
      events.push_back(end_of_connection(failure));
      return;
    }
    std::string text = beast::buffers_to_string(buffer.data());
    buffer.consume(buffer.size());
    if (!stream.got_text()) {
      events.push_back({client_event::kind::binary, std::move(text), 0});
    } else if (keep_pings || !text.starts_with(R"({"type":"ping")")) {
      events.push_back({client_event::kind::text, std::move(text), 0});
    }
    read();
  }

  /// A goodbye counts even if the connection then broke before both sides had ended it.
  client_event end_of_connection(error_code failure) const {
    const websocket::close_reason& why = stream.reason();
    if (why.code != websocket::close_code::none) {
      return {client_event::kind::closed, std::string(why.reason.data(), why.reason.size()),
              why.code};
    }
    const bool said = failure == websocket::error::closed;
    return {client_event::kind::closed, failure.message(),
            said ? closed_without_code : closed_without_frame};
  }

  websocket::stream<asio::ip::tcp::socket> stream;
  bool keep_pings;
  bool open = false;
  beast::flat_buffer buffer;
  std::deque<client_event> events;
};

std::string client_event::show() const {
  switch (what) {
    case kind::text:
      return payload.size() > 600 ? payload.substr(0, 600) + "..." : payload;
    case kind::binary:
      return "a binary frame of " + std::to_string(payload.size()) + " bytes";
    case kind::pong:
      return "pong '" + payload + "'";
    case kind::closed:
      break;
  }
  return "closed with " + std::to_string(code) + " '" + payload + "'";
}

std::string upgrade_answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

namespace {

/// Starts an operation and runs the loop until it is over; throws if that takes too long.
template <typename Start>
error_code finish(asio::io_context& io, const char* what, Start start) {
  const auto result = std::make_shared<std::optional<error_code>>();
  start([result](error_code failure, auto&&...) { *result = failure; });
  if (!pump_until(io, after(action_time_max), [&] { return result->has_value(); })) {
    throw std::runtime_error(std::string("a client could not ") + what + " in time");
  }
  return **result;
}

upgrade_answer answer_of(const websocket::response_type& response) {
  upgrade_answer answer{response.result_int(), {}, response.body()};
  for (const auto& field : response) {
    answer.headers.emplace(lower(std::string(field.name_string())), std::string(field.value()));
  }
  return answer;
}

}  // namespace

websocket_client::websocket_client(asio::io_context& io, bool keep_pings)
    : io_(io), keep_pings_(keep_pings) {}

void websocket_client::offer_deflate() {
  offers_deflate_ = true;
}

websocket_client::~websocket_client() {
  terminate();
}

upgrade_answer websocket_client::connect(std::uint16_t port, const std::string& target,
                                         const std::map<std::string, std::string>& headers) {
  connection_ = std::make_shared<connection>(io_, keep_pings_);
  auto& stream = connection_->stream;
  error_code failure;
  stream.next_layer().connect({asio::ip::address_v4::loopback(), port}, failure);
  if (failure) {
    return {};
  }
  stream.next_layer().set_option(asio::ip::tcp::no_delay(true));
  websocket::permessage_deflate deflate;
  deflate.client_enable = offers_deflate_;
  stream.set_option(deflate);
  stream.set_option(websocket::stream_base::decorator([headers](websocket::request_type& request) {
    for (const auto& [name, value] : headers) {
      request.set(name, value);
    }
  }));
  const auto response = std::make_shared<websocket::response_type>();
  const std::string host = "127.0.0.1:" + std::to_string(port);
  failure = finish(io_, "connect", [&](auto done) {
    stream.async_handshake(*response, host, target,
                           [done, response, keep = connection_](error_code f) { done(f); });
  });
  upgrade_answer answer = answer_of(*response);
  if (failure) {
    return failure == websocket::error::upgrade_declined ? answer : upgrade_answer{};
  }
  session_ = answer.header("x-session-id");
  connection_->listen();
  return answer;
}

void websocket_client::send_text(std::string_view text) {
  send_fragment(text, true);
}

void websocket_client::send_fragment(std::string_view part, bool last) {
  connection_->stream.text(true);
  finish(io_, "send",
         [&](auto done) { connection_->stream.async_write_some(last, asio::buffer(part), done); });
}

void websocket_client::send_binary(std::string_view bytes) {
  connection_->stream.binary(true);
  finish(io_, "send",
         [&](auto done) { connection_->stream.async_write_some(true, asio::buffer(bytes), done); });
}

void websocket_client::send_bytes(std::string_view bytes) {
  finish(io_, "send", [&](auto done) {
    asio::async_write(connection_->stream.next_layer(), asio::buffer(bytes), done);
  });
}

void websocket_client::send_ping(std::string_view payload) {
  const websocket::ping_data data(beast::string_view(payload.data(), payload.size()));
  finish(io_, "ping", [&](auto done) { connection_->stream.async_ping(data, done); });
}

/// Written by hand: Beast's own async_close competes with the pending read for the answer.
void websocket_client::close(std::uint16_t code, const std::string& reason) {
  std::string payload = reason;
  if (code != 0) {
    payload.insert(0, {static_cast<char>(code >> 8), static_cast<char>(code & 255)});
  }
  std::string frame = {close_frame_head, static_cast<char>(mask_bit | payload.size())};
  frame.append(mask_bytes, '\0');  // a mask of zeros leaves the payload as it is
  send_bytes(frame + payload);
}

void websocket_client::terminate() {
  if (connection_) {
    error_code ignored;
    connection_->stream.next_layer().close(ignored);
    connection_->stream.control_callback();
    connection_->open = false;
  }
}

std::optional<client_event> websocket_client::next_event(std::chrono::milliseconds time) {
  if (!pump_until(io_, after(time), [this] { return !events().empty(); })) {
    return std::nullopt;
  }
  client_event first = std::move(events().front());
  events().pop_front();
  return first;
}

bool websocket_client::nothing_for(std::chrono::milliseconds time) {
  return !pump_until(io_, after(time), [this] { return !events().empty(); });
}

std::deque<client_event>& websocket_client::events() {
  if (!connection_) {
    throw std::logic_error("a client that never connected has no events");
  }
  return connection_->events;
}

std::uint16_t websocket_client::local_port() const {
  return connection_->stream.next_layer().local_endpoint().port();
}

bool websocket_client::is_open() const {
  return connection_ && connection_->open;
}

}  // namespace innkeeper::testing
