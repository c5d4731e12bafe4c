// A connection's transitions, in the order of its life; then writing and timeouts.
#include "transport/websocket/websocket_session.hpp"

#include <algorithm>
#include <utility>

#include "memory/connection_memory.hpp"
#include "memory/prefetch.hpp"
#include "proto/close_codes.hpp"
#include "transport/socket/address.hpp"
#include "transport/socket/http_date.hpp"
#include "transport/socket/refusal.hpp"
#include "transport/websocket/deflate.hpp"
#include "transport/websocket/deflate_offer.hpp"

namespace innkeeper::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

constexpr std::chrono::milliseconds closing_max{proto::closing_ms_max};
constexpr std::chrono::milliseconds arriving_max{proto::arriving_ms_max};
/// A connection that has been quiet for so long releases its stream.
constexpr std::chrono::seconds release_after{1};

/// RFC 6455 section 5.5.2, without payload.
const proto::frame& ping_frame() {
  static const auto frame = proto::frame::of_wire({"\x89\0", 2});
  return frame;
}

/// Makes a new stream one that is open.
const http_request& any_handshake() {
  static const auto request = [] {
    http_request made(http::verb::get, "/", 11);
    made.set(http::field::host, "localhost");
    made.set(http::field::connection, "upgrade");
    made.set(http::field::upgrade, "websocket");
    made.set(http::field::sec_websocket_version, "13");
    made.set(http::field::sec_websocket_key, "AAAAAAAAAAAAAAAAAAAAAA==");
    return made;
  }();
  return request;
}

}  // namespace

/// With the two counts of those who share it one of jemalloc's sizes.
static_assert(sizeof(websocket_session) <= 240);
static_assert(sizeof(websocket_session) <= read_poll::reader_bytes);
static_assert(sizeof(websocket_session) <= client_connection::memory_max);

websocket_session::websocket_session(loop& home, int socket, origin from,
                                     const connection_limits& limits, health::monitor& health)
    : to_(std::move(from.to)),
      place_(std::move(from.place)),
      out_(memory::shared_by_connection<outbox>(home, socket, limits.waiting_bytes)),
      limits_(limits),
      health_(health),
      state_(arriving{std::make_unique<handshake>(handshake{
          std::move(from.request), std::move(from.read_ahead), from.may_deflate, nullptr})}),
      last_read_at_(home.now()) {
  out_->set_owner(*this);
}

websocket_session::~websocket_session() {
  out_->forget_owner();
}

void websocket_session::start() {
  to_->arrived(shared_from_this());
  wake_at(out_->home().now() + arriving_max);
}

// ---- arriving -> answering, or gone

/// Has no effect if the client has been refused meanwhile.
void websocket_session::accept() {
  auto* const state = std::get_if<arriving>(&state_);
  if (state == nullptr) return;
  const auto from = std::move(state->from);
  out_->hold_frames();
  const auto extensions = from->may_deflate ? deflate_answer(from->request) : std::nullopt;
  deflates_ = extensions.has_value();
  state_ = answering{make_stream(std::move(from->read_ahead)), std::move(from->close_when_open)};
  auto& its = *current_stream();
  its.set_option(
      websocket::stream_base::decorator([this, extensions](websocket::response_type& response) {
        response.set(http::field::date, current_http_date());
        response.set(http::field::server, "innkeeper");
        if (extensions) response.set(http::field::sec_websocket_extensions, *extensions);
        to_->add_to(response);
      }));
  its.async_accept(from->request,
                   [self = shared_from_this()](beast::error_code error) { self->accepted(error); });
}

void websocket_session::refuse(unsigned int status, const std::string& sentence) {
  if (!is<arriving>()) return;
  is_left_told_ = true;
  state_ = gone();
  out_->append_bytes(refusal_bytes(status, sentence, current_http_date()));
  out_->flush();
  out_->socket().end_writing();
}

// ---- answering -> open_stream, or gone

void websocket_session::accepted(beast::error_code error) {
  auto* const state = std::get_if<answering>(&state_);
  if (state == nullptr) return;  // the loop has ended meanwhile
  auto from = std::move(*state);
  if (error) {
    state_ = gone();
    return tell_left();
  }
  from.stream->set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
  state_ = open_stream{std::move(from.stream)};
  out_->release_frames();
  if (from.close_when_open) begin_closing(*from.close_when_open);
  wake_at(out_->home().now());  // most clients send nothing at first: releases the stream
  read_stream();
}

// ---- open_plain <-> open_stream

void websocket_session::use_stream() {
  state_ = open_stream{make_open_stream()};
  read_stream();
}

/// Does nothing if the stream holds bytes or the state of a message.
void websocket_session::release_idle_stream() {
  const auto* const state = std::get_if<open_stream>(&state_);
  if (state != nullptr && state->stream->next_layer().is_idle()) state_ = open_plain();
}

// ---- open -> half_closed

/// What the gateway still delivers is sent: the client may have closed its side alone.
void websocket_session::client_ended() {
  if (is_open()) {
    stop_awaiting_bytes();
    state_ = half_closed{take_stream()};
  }
  tell_left();
}

// ---- open, half_closed -> closing

void websocket_session::close(std::uint16_t code, const std::string& reason) {
  if (is_ending()) return;
  const close_reason why(static_cast<websocket::close_code>(code), reason);
  if (auto* const later = close_when_open()) {
    *later = std::make_unique<close_reason>(why);  // before, Beast would mask the frame
  } else {
    begin_closing(why);
  }
}

void websocket_session::begin_closing(const close_reason& why) {
  auto its = take_stream();
  enter_closing(its ? std::move(its) : make_open_stream());
  current_stream()->async_close(
      why, [self = shared_from_this()](beast::error_code) { self->tell_left(); });
}

/// Beast has sent its close frame: because close() was called, to answer the client's, or because
/// the client broke the protocol.
void websocket_session::teardown_begins() {
  stop_awaiting_bytes();
  tell_left();
  if (!is<closing>()) enter_closing(take_stream());
}

void websocket_session::enter_closing(stream_pointer its) {
  const auto end_at = out_->home().now() + closing_max;
  state_ = closing{std::move(its), end_at};
  wake_at(end_at);
}

void websocket_session::leave_and_close(std::uint16_t code, const std::string& reason) {
  tell_left();
  close(code, reason);
}

void websocket_session::close_slow_reader() {
  const auto where = place_.network() == 0 ? "" : " at " + network_text(place_.network());
  health_.report(health::reason::slow_reader, "a client" + where + " takes less than it is sent");
  tell_left();
  out_->drop_waiting();
  close(proto::close_code::try_again_later, "Too much is waiting to be read.");
}

void websocket_session::close_too_long() {
  using namespace proto::close_code;
  leave_and_close(too_big, std::string(default_reason(too_big)));
}

// ---- any state -> gone

/// A pending read and its session own each other: without this neither would end.
void websocket_session::poll_ends() {
  is_in_poll_ = false;
  state_ = gone();
}

void websocket_session::tell_left() {
  if (std::exchange(is_left_told_, true)) return;
  to_->left();
}

// ---- What the state says

websocket_session::close_pointer* websocket_session::close_when_open() {
  if (auto* const state = std::get_if<arriving>(&state_)) return &state->from->close_when_open;
  if (auto* const state = std::get_if<answering>(&state_)) return &state->close_when_open;
  return nullptr;
}

bool websocket_session::is_ending() {
  const auto* const later = close_when_open();
  return is<closing>() || is<gone>() || (later != nullptr && *later != nullptr);
}

websocket_session::stream* websocket_session::current_stream() {
  return std::visit(
      [](auto& state) -> stream* {
        if constexpr (requires { state.stream; }) return state.stream.get();
        return nullptr;
      },
      state_);
}

websocket_session::stream_pointer websocket_session::take_stream() {
  return std::visit(
      [](auto& state) -> stream_pointer {
        if constexpr (requires { state.stream; }) return std::move(state.stream);
        return nullptr;
      },
      state_);
}

// ---- Streams

websocket_session::stream_pointer websocket_session::make_stream(std::string read_ahead) {
  auto made =
      std::make_unique<stream>(out_, static_cast<byte_watcher&>(*this), std::move(read_ahead));
  made->read_message_max(to_->message_bytes_max());
  made->control_callback([this](websocket::frame_type kind, beast::string_view payload) {
    handle_control(kind, payload.size());
  });
  if (deflates_) expect_deflated(*made);
  made->next_layer().on_teardown = [this] { teardown_begins(); };
  return made;
}

websocket_session::stream_pointer websocket_session::make_open_stream() {
  const auto* const state = std::get_if<open_plain>(&state_);
  const auto rest = state == nullptr ? std::span<char>() : state->unparsed;
  auto made = make_stream(std::string(rest.data(), rest.size()));
  made->accept(any_handshake());
  return made;
}

void websocket_session::expect_deflated(stream& its) {
  its.next_layer().expect_deflated();
  // What cannot be packed grows by some bytes in each of its blocks (RFC 1951 section 3.2.4).
  const auto bytes_max = to_->message_bytes_max();
  constexpr std::size_t block_share = 1000;
  constexpr std::size_t last_blocks = 64;
  if (bytes_max > 0) its.read_message_max(bytes_max + bytes_max / block_share + last_blocks);
}

// ---- Writing

void websocket_session::deliver(const proto::frame& frame) {
  if (is_ending()) return;
  const bool taken = deflates_ ? out_->append_frame(deflate_codec::of_this_thread().packed(frame))
                               : out_->append_frame(frame);
  if (!taken) return close_slow_reader();
  const bool may_be_silent = is<open_plain>();  // with a stream, it has just sent something
  if (may_be_silent && watch_.ping_along(out_->home().now(), last_read_at_, patience()))
    out_->append_frame(ping_frame());
}

void websocket_session::closes_with(std::uint16_t code) {
  health_.count_closed(code);
}

/// The socket is about to be closed, and the read poll does not tell of that.
void websocket_session::gives_up() {
  stop_awaiting_bytes();
  abort_read();
}

void websocket_session::prefetch_outbox() const {
  memory::prefetch(out_.get());
}

void websocket_session::prefetch_its_own() const {
  prefetch_outbox();
  memory::prefetch(static_cast<const void*>(to_.get()), counterpart::memory_max);
}

// ---- Timeouts

/// An alarm that rings after an earlier one was set instead has no effect.
void websocket_session::wake(time_point now) {
  if (now < wake_at_) return;
  wake_at_ = time_point::max();
  if (is<arriving>()) return look_at_handshake(now);
  if (is_open()) return look_at_client(now);
  if (is<closing>()) end_if_due(now);
}

void websocket_session::look_at_handshake(time_point now) {
  const auto due = out_->home().resumed_at() + arriving_max;
  if (now < due) return wake_at(due);
  tell_left();
  refuse(503, "No answer has come in time. Try again in a moment.");
}

void websocket_session::look_at_client(time_point now) {
  const auto silent = silent_since(now);
  switch (watch_.look(now, silent, stalled_since(), patience())) {
    case peer_watch::verdict::nothing:
      break;
    case peer_watch::verdict::ping:
      out_->append_frame(ping_frame());
      break;
    case peer_watch::verdict::silent:
      return leave_and_close(proto::close_code::going_away,
                             "Nothing has been heard from you for too long.");
    case peer_watch::verdict::stalled:
      return close_slow_reader();
  }
  const bool quiet = !has_sent_ || now - last_read_at_ >= release_after;
  if (quiet) release_idle_stream();
  const auto next = watch_.next_look(silent, stalled_since(), patience());
  wake_at(quiet ? next : std::min(next, last_read_at_ + release_after));
}

/// While the process stands still no client can answer.
void websocket_session::end_if_due(time_point now) {
  const auto due =
      std::max(std::get<closing>(state_).end_at, out_->home().resumed_at() + closing_max);
  if (now < due) return wake_at(due);
  out_->give_up();
}

void websocket_session::stalled(time_point since) {
  wake_at(watch_.next_look(silent_since(out_->home().now()), since, patience()));
}

void websocket_session::wake_at(time_point due) {
  if (due >= wake_at_) return;
  wake_at_ = due;
  out_->home().wake_at(due, weak_from_this());
}

/// While reads are paused the silence timeout does not run, nor while the process stands still.
websocket_session::time_point websocket_session::silent_since(time_point now) {
  return paused_ ? now : std::max({last_read_at_, resumed_at_, out_->home().resumed_at()});
}

std::optional<websocket_session::time_point> websocket_session::stalled_since() const {
  const auto since = out_->stalled_since();
  return since ? std::optional(std::max(*since, out_->home().resumed_at())) : std::nullopt;
}

peer_watch::patience websocket_session::patience() const {
  return peer_watch::patience(limits_);
}

}  // namespace innkeeper::transport
