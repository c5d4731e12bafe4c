#include "transport/loop/socket_ring.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace innkeeper::transport {
namespace {

constexpr int not_done = -EAGAIN;

/// Only this thread submits, and completions wait for it (Linux 6.1): cheaper where it is known.
int open_ring(unsigned int entries, io_uring& ring) {
  const int status =
      io_uring_queue_init(entries, &ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
  return status == -EINVAL ? io_uring_queue_init(entries, &ring, 0) : status;
}

}  // namespace

std::unique_ptr<socket_ring> socket_ring::open(unsigned int operations_max) {
  std::unique_ptr<socket_ring> made(new socket_ring(operations_max));
  // Its destructor is for rings that were opened.
  if (open_ring(operations_max, made->ring_) == 0) return made;
  made->ring_.ring_fd = -1;
  return nullptr;
}

socket_ring::~socket_ring() {
  if (ring_.ring_fd >= 0) io_uring_queue_exit(&ring_);
}

// With MSG_DONTWAIT an operation is over when the kernel has been called: none is left under way.

void socket_ring::add_write(int socket, std::string_view bytes, std::uint64_t tag) {
  auto* entry = io_uring_get_sqe(&ring_);
  io_uring_prep_send(entry, socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  add(entry, tag);
}

void socket_ring::add_read(int socket, std::span<char> space, std::uint64_t tag) {
  auto* entry = io_uring_get_sqe(&ring_);
  io_uring_prep_recv(entry, socket, space.data(), space.size(), MSG_DONTWAIT);
  add(entry, tag);
}

void socket_ring::add(io_uring_sqe* entry, std::uint64_t tag) {
  io_uring_sqe_set_data64(entry, tags_.size());
  tags_.push_back(tag);
}

bool socket_ring::perform_all(const std::function<void(std::uint64_t, int)>& done) {
  results_.assign(tags_.size(), not_done);
  std::size_t answered = 0;
  while (answered < tags_.size()) {
    const auto left = static_cast<unsigned int>(tags_.size() - answered);
    const int status = io_uring_submit_and_wait(&ring_, left);
    answered += take_answers();  // what was done is done, whatever came behind it
    if (status < 0 && status != -EINTR) break;
  }
  const bool working = answered == tags_.size();
  for (std::size_t i = 0; i < tags_.size(); ++i) done(tags_[i], results_[i]);
  tags_.clear();
  return working;
}

std::size_t socket_ring::take_answers() {
  unsigned int head = 0;
  unsigned int seen = 0;
  io_uring_cqe* answer = nullptr;
  io_uring_for_each_cqe(&ring_, head, answer) {
    results_[io_uring_cqe_get_data64(answer)] = answer->res;
    ++seen;
  }
  io_uring_cq_advance(&ring_, seen);
  return seen;
}

}  // namespace innkeeper::transport
