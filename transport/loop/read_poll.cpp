#include "transport/loop/read_poll.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "memory/prefetch.hpp"

namespace innkeeper::transport {
namespace {

constexpr std::uint32_t over = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

/// Told of once, whenever more comes.
epoll_event wish(int socket) {
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  wanted.data.fd = socket;
  return wanted;
}

int new_epoll() {
  const int made = ::epoll_create1(EPOLL_CLOEXEC);
  if (made >= 0) return made;
  throw boost::system::system_error(errno, boost::system::system_category(), "epoll_create1");
}

}  // namespace

read_poll::read_poll(boost::asio::io_context& io, std::function<bool()> enough)
    : epoll_(io, new_epoll()), enough_(std::move(enough)) {
  wait();
}

bool read_poll::add(int socket, std::shared_ptr<reader> whom) {
  const auto place = static_cast<std::size_t>(socket);
  if (readers_.size() <= place) readers_.resize(place + 1);
  readers_[place] = std::move(whom);
  auto wanted = wish(socket);
  return ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &wanted) == 0;
}

void read_poll::remove(int socket) {
  auto& whom = readers_.at(static_cast<std::size_t>(socket));
  if (telling_) leaving_.push_back(std::move(whom));
  whom = nullptr;
  if (batch_) batch_->forget(socket);
  ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
}

void read_poll::end() {
  for (const auto& each : std::exchange(readers_, {})) {
    if (each) each->poll_ends();
  }
}

void read_poll::wait() {
  epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this](boost::system::error_code error) {
                      if (!error) go_on();
                    });
}

/// Those who have not been told are not in the epoll's list any more.
void read_poll::go_on() {
  tell_readers();
  if (told_ == ready_) return wait();
  boost::asio::post(epoll_.get_executor(), [this] { go_on(); });
}

/// What is in a batch is told in this turn: before the next one a reader may be told to wait, or
/// to close its connection, and what has been read for it would be nobody's.
void read_poll::tell_readers() {
  if (told_ == ready_) look();
  telling_ = true;
  bool enough = enough_();
  while (told_ < ready_ && !enough) {
    const auto begin = told_;
    const auto end = read_ahead();
    do {
      tell_next(told_ < end ? batch_->bytes(told_ - begin) : std::span<char>());
      enough = enough_() || enough;
    } while (told_ < end);
  }
  telling_ = false;
}

std::size_t read_poll::read_ahead() {
  if (!batch_ || ready_ - told_ < read_batch::sockets_min) return told_;
  const auto end = std::min(ready_, told_ + read_batch::sockets_max);
  batch_->clear();
  for (auto i = told_; i < end; ++i) {
    if (i + 1 < end) memory::prefetch(reader_of(events_.at(i + 1)), reader_bytes);
    auto* whom = reader_of(events_.at(i));
    if (whom != nullptr && whom->wants_bytes()) batch_->add(events_.at(i).data.fd, i - told_);
  }
  batch_->read();
  return end;
}

/// What has been taken out meanwhile is not told; whoever has its number now finds nothing to read.
void read_poll::tell_next(std::span<char> bytes) {
  prefetch_those_ahead();
  const auto& event = events_.at(told_++);
  auto* whom = reader_of(event);
  if (whom == nullptr) return;
  bool more = bytes.size() == read_batch::bytes_max;
  if (bytes.empty()) {
    more = whom->readable();
  } else {
    whom->take(bytes);
  }
  more = more || (event.events & over) != 0;
  if (more && reader_of(event) == whom) look_again_at(event.data.fd);
  if (!leaving_.empty()) std::exchange(leaving_, {}).clear();
}

/// Each step needs what the one before has fetched.
void read_poll::prefetch_those_ahead() const {
  memory::prefetch(reader_ahead(3), reader_bytes);
  if (const auto* soon = reader_ahead(2)) soon->prefetch_its_own();
}

read_poll::reader* read_poll::reader_ahead(std::size_t by) const {
  return told_ + by < ready_ ? reader_of(events_.at(told_ + by)) : nullptr;
}

read_poll::reader* read_poll::reader_of(const epoll_event& event) const {
  return readers_[static_cast<std::size_t>(event.data.fd)].get();
}

void read_poll::look_again_at(int socket) {
  auto wanted = wish(socket);
  ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_MOD, socket, &wanted);
}

void read_poll::look() {
  const int count =
      ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  ready_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  told_ = 0;
}

}  // namespace innkeeper::transport
