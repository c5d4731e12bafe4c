#include "transport/read_poll.hpp"

#include <boost/system/system_error.hpp>
#include <cerrno>
#include <utility>

namespace innkeeper::transport {
namespace {

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
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.fd = socket;
  return ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &wanted) == 0;
}

void read_poll::remove(int socket) {
  readers_.at(static_cast<std::size_t>(socket)) = nullptr;
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
                      if (error) return;
                      tell_readers();
                      wait();
                    });
}

/// What has been taken out meanwhile is not told; whoever has its number now finds nothing to read.
void read_poll::tell_readers() {
  if (told_ == ready_) look();
  while (told_ < ready_ && !enough_()) {
    const auto place = static_cast<std::size_t>(events_.at(told_++).data.fd);
    if (const auto whom = readers_[place]) whom->readable();
  }
}

void read_poll::look() {
  const int count =
      ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  ready_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  told_ = 0;
}

}  // namespace innkeeper::transport
