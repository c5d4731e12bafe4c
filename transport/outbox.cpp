#include "transport/outbox.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

#include "transport/loop.hpp"

namespace innkeeper::transport {
namespace {

/// Pieces handed to the kernel in one call; IOV_MAX would be 1024, but more than this gains
/// nothing.
constexpr std::size_t pieces_max = 64;

}  // namespace

outbox::outbox(loop& home, tcp_socket socket) : home_(home), socket_(std::move(socket)) {}

void outbox::release_frames() {
  holding_ = false;
  held_bytes_ = 0;
  for (auto& bytes : std::exchange(held_, {})) append(std::move(bytes));
}

bool outbox::append_frame(const shared_bytes& bytes) {
  if (over_bound(bytes->size())) return false;
  if (!holding_) return append(bytes);
  held_bytes_ += bytes->size();
  held_.push_back(bytes);
  return true;
}

/// Something alone may have any size; behind it there is room for waiting_bytes_max.
bool outbox::over_bound(std::size_t more) const {
  const auto waiting = waiting_bytes_ + held_bytes_;
  return waiting > 0 && waiting + more > waiting_bytes_max;
}

bool outbox::append_bytes(std::string bytes) {
  return append(std::make_shared<const std::string>(std::move(bytes)));
}

bool outbox::append(shared_bytes bytes) {
  if (broken_) return false;
  waiting_bytes_ += bytes->size();
  queue_.push_back(std::move(bytes));
  if (!std::exchange(dirty_, true)) home_.mark_dirty(shared_from_this());
  return true;
}

void outbox::flush() {
  dirty_ = false;
  if (waiting_ || broken_) return;
  while (first_ < queue_.size()) {
    if (!write_some()) return;
  }
  queue_.clear();
  first_ = 0;
  report_drained();
}

void outbox::when_drained(std::function<void()> callback) {
  on_drained_ = std::move(callback);
  if (queue_.empty() || broken_) report_drained();
}

void outbox::report_drained() {
  if (on_drained_) std::exchange(on_drained_, nullptr)();
}

bool outbox::write_some() {
  std::array<iovec, pieces_max> pieces;
  std::size_t count = 0;
  std::size_t offset = first_written_;
  for (auto i = first_; i < queue_.size() && count < pieces.size(); ++i) {
    const auto& bytes = *queue_[i];
    pieces[count++] = {const_cast<char*>(bytes.data()) + offset, bytes.size() - offset};
    offset = 0;
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  const auto written = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (written >= 0) {
    consume(static_cast<std::size_t>(written));
    return true;
  }
  if (errno == EINTR) return true;
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    wait_until_writable();
  } else {
    give_up();
  }
  return false;
}

void outbox::consume(std::size_t written) {
  waiting_bytes_ -= written;
  while (written > 0) {
    const auto left = queue_[first_]->size() - first_written_;
    if (written < left) {
      first_written_ += written;
      return;
    }
    written -= left;
    queue_[first_++].reset();
    first_written_ = 0;
  }
}

void outbox::wait_until_writable() {
  waiting_ = true;
  // What is written already need not be kept for as long as the peer dawdles.
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
  socket_.async_wait(tcp_socket::wait_write,
                     [self = shared_from_this()](boost::system::error_code error) {
                       self->waiting_ = false;
                       if (!error) self->flush();
                     });
}

void outbox::give_up() {
  broken_ = true;
  boost::system::error_code ignored;
  static_cast<void>(socket_.close(ignored));
  queue_.clear();
  held_.clear();
  first_ = 0;
  waiting_bytes_ = 0;
  held_bytes_ = 0;
  report_drained();
}

}  // namespace innkeeper::transport
