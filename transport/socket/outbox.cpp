#include "transport/socket/outbox.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "proto/limits.hpp"
#include "transport/loop/loop.hpp"

namespace innkeeper::transport {
namespace {

/// Pieces handed to the kernel in one call; IOV_MAX would be 1024, but more than this gains
/// nothing. No limit: the others go with the next call.
constexpr std::size_t pieces_max = 64;
/// More than this does not wait for the end of the turn: a turn may have more to say than may wait,
/// though the peer would have taken it. No limit: it paces the writing.
constexpr std::size_t flush_early_bytes = std::size_t{64} * 1024;
constexpr char close_frame_begin = '\x88';  // RFC 6455 section 5.5.1, whole

/// All of it in one piece, for to copy a few small ones is less than a call to the kernel. Empty if
/// there is nothing, or too much.
std::string_view one_piece_of(std::span<const iovec> pieces, std::span<char> space) {
  if (pieces.empty()) return {};
  if (pieces.size() == 1) return {static_cast<const char*>(pieces[0].iov_base), pieces[0].iov_len};
  if (pieces.size() > outbox::pieces_gathered_max) return {};
  std::size_t size = 0;
  for (const auto& each : pieces) {
    if (each.iov_len > space.size() - size) return {};
    std::memcpy(space.data() + size, each.iov_base, each.iov_len);
    size += each.iov_len;
  }
  return {space.data(), size};
}

}  // namespace

/// With the two counts of those who share it one of jemalloc's sizes: one member more takes 32
/// bytes more of every socket.
static_assert(sizeof(outbox) <= 176);

outbox::outbox(loop& home, int descriptor, std::size_t waiting_bytes_max)
    : home_(home),
      socket_(home.io(), descriptor),
      waiting_bytes_max_(static_cast<std::uint32_t>(
          std::min<std::size_t>(waiting_bytes_max, std::numeric_limits<std::uint32_t>::max()))) {}

outbox::~outbox() {
  if (dirty_) home_.forget_dirty(*this);
}

void outbox::release_frames() {
  holding_ = false;
  if (!queue_.empty()) mark_dirty();
}

bool outbox::append_frame(const proto::frame& frame) {
  if (ended_) return true;
  return append(frame, waiting_bytes_max_);
}

bool outbox::append_bytes(std::string_view bytes) {
  auto frame = proto::frame::of_wire(bytes);
  if (holding_) {
    if (broken_) return false;
    queue_.push_first(std::move(frame));
    return true;
  }
  const auto bound = waiting_bytes_max_ == 0 ? 0 : waiting_bytes_max_ + proto::control_bytes_max;
  if (append(std::move(frame), bound)) return true;
  if (!broken_) give_up();
  return false;
}

void outbox::append_last(std::string bytes, std::function<void(bool)> done) {
  rarely().last = last_words{std::move(bytes), std::move(done)};
  if (!std::exchange(dirty_, true)) home_.mark_dirty(*this);
}

void outbox::say_last_words() {
  if (!rarely_ || !rarely_->last) return;
  auto last = std::exchange(rarely_->last, std::nullopt);
  if (!rarely_->on_drained) rarely_ = nullptr;
  ended_ = last->bytes.starts_with(close_frame_begin);
  last->done(append_bytes(last->bytes));
}

bool outbox::append(proto::frame frame, std::size_t waiting_bytes_max) {
  if (broken_) return false;
  if (!queue_.push(std::move(frame), waiting_bytes_max)) return false;
  mark_dirty();
  if (queue_.waiting_bytes() > flush_early_bytes) write_what_is_taken();
  return true;
}

void outbox::mark_dirty() {
  if (waiting_ || holding_ || std::exchange(dirty_, true)) return;
  home_.mark_dirty(*this);
}

void outbox::turn_ended() {
  say_last_words();
  dirty_ = false;
  flush();
}

std::string_view outbox::turn_ended_with_one_piece(std::span<char> space) {
  say_last_words();
  const bool may_write = !waiting_ && !holding_ && !broken_;
  std::array<iovec, pieces_gathered_max + 1> pieces;
  const auto count = may_write ? queue_.next_pieces(pieces) : 0;
  const auto whole = one_piece_of(std::span(pieces).first(count), space);
  if (!whole.empty()) {
    being_written_ = true;  // and still dirty: the loop is told if this ends before
    return whole;
  }
  dirty_ = false;
  flush();
  return {};
}

void outbox::sent(int result) {
  being_written_ = dirty_ = false;
  if (has_written(result)) flush();
}

void outbox::flush() {
  write_what_is_taken();
  if (queue_.empty() && !holding_ && !broken_) drained();
}

void outbox::write_what_is_taken() {
  if (waiting_ || holding_ || being_written_) return;
  while (!queue_.empty() && write_some()) {
  }
}

void outbox::when_drained(std::function<void()> callback) {
  rarely().on_drained = std::move(callback);
  if (queue_.empty() || broken_) drained();
}

/// The callback may end this outbox.
void outbox::drained() {
  if (!rarely_ || !rarely_->on_drained) return;
  const auto callback = std::exchange(rarely_->on_drained, nullptr);
  if (!rarely_->last) rarely_ = nullptr;
  callback();
}

outbox::rarely_needed& outbox::rarely() {
  if (!rarely_) rarely_ = std::make_unique<rarely_needed>();
  return *rarely_;
}

bool outbox::write_some() {
  std::array<iovec, pieces_max> pieces;
  const auto count = queue_.next_pieces(pieces);
  constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
  ssize_t size = 0;
  if (count == 1) {
    size = ::send(socket_.descriptor(), pieces[0].iov_base, pieces[0].iov_len, flags);
  } else {
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    size = ::sendmsg(socket_.descriptor(), &message, flags);
  }
  return has_written(size >= 0 ? size : -errno);
}

bool outbox::has_written(ssize_t result) {
  if (result >= 0) {
    queue_.written(static_cast<std::size_t>(result));
    stalled_since_ = {};
    return true;
  }
  if (result == -EINTR) return true;
  if (result == -EAGAIN || result == -EWOULDBLOCK) {
    wait_until_writable();
  } else {
    give_up();
  }
  return false;
}

void outbox::wait_until_writable() {
  waiting_ = true;
  queue_.refused();
  if (stalled_since_ == time_point()) {
    stalled_since_ = home_.now();
    if (owner_ != nullptr) owner_->stalled(stalled_since_);
  }
  socket_.wait(tcp_socket::wait_write,
               [self = shared_from_this()](boost::system::error_code error) {
                 self->waiting_ = false;
                 if (!error) return self->flush();
                 if (self->socket_.is_open()) self->give_up();  // nobody would go on writing
               });
}

std::optional<outbox::time_point> outbox::stalled_since() const {
  if (stalled_since_ == time_point() || queue_.empty()) return std::nullopt;
  return stalled_since_;
}

void outbox::give_up() {
  broken_ = true;
  if (owner_ != nullptr) owner_->gives_up();
  socket_.close();
  queue_.clear();
  drained();
}

}  // namespace innkeeper::transport
