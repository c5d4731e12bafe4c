#include "bench/load/swarm.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>
#include <stdexcept>

#include "bench/load/client_socket.hpp"
#include "bench/load/clock.hpp"

namespace innkeeper::bench {
namespace {

constexpr std::size_t read_bytes = std::size_t{256} * 1024;
constexpr int events_max = 1024;
constexpr std::int64_t silence_max_ns = 20 * ns_per_second;
/// The kernel lends some 28,000 ports to one source address; from here on the next one is used.
constexpr std::size_t connections_per_address = 20'000;
/// The number under which a descriptor that is no connection is watched.
constexpr std::uint64_t outside = ~std::uint64_t{0};
/// How frames of the rooms protocol begin that are no answer.
constexpr std::string_view ping_begins = R"({"type":"ping")";
constexpr std::string_view error_begins = R"({"type":"error")";

/// As recv(2), without the C library's two locked instructions for threads that may be cancelled.
ssize_t receive(int socket, std::span<char> space) {
  return ::syscall(SYS_recvfrom, socket, space.data(), space.size(), 0, nullptr, nullptr);
}

int socket_from(std::size_t index) {
  const int made = client_socket(SOCK_NONBLOCK | SOCK_CLOEXEC);
  const int on = 1;
  static_cast<void>(::setsockopt(made, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on));
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr =
      htonl(static_cast<std::uint32_t>(INADDR_LOOPBACK + index / connections_per_address));
  if (::bind(made, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
    throw failure("A source address could not be taken");
  }
  return made;
}

/// What a connection does while no load uses it: nothing.
class idle_load final : public load {
 public:
  void received(std::size_t, std::size_t, std::int64_t) override {}
  void turn_ended(std::int64_t) override {}
  bool finished(std::int64_t) const override { return false; }
};

class opening_load final : public load {
 public:
  explicit opening_load(swarm& opened_by) : swarm_(opened_by) {}

  void opened(std::size_t, std::int64_t) override { ++ready_; }
  void received(std::size_t, std::size_t, std::int64_t) override {}
  void turn_ended(std::int64_t) override {
    while (begun_ < swarm_.size() && begun_ - ready_ < swarm_.options().opening_max) {
      swarm_.open(begun_++);
    }
  }
  bool finished(std::int64_t) const override { return ready_ == swarm_.size(); }

 private:
  swarm& swarm_;
  std::size_t begun_ = 0;
  std::size_t ready_ = 0;
};

}  // namespace

swarm::swarm(swarm_options options)
    : options_(std::move(options)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      connections_(options_.rooms * options_.per_room),
      buffer_(read_bytes) {
  if (epoll_ < 0) throw failure("epoll could not be set up");
}

swarm::~swarm() {
  for (std::size_t i = 0; i < connections_.size(); ++i) close(i);
  ::close(epoll_);
}

void swarm::open_all() {
  opening_load all(*this);
  run(all);
}

void swarm::run(load& used_for) {
  heard_ns_ = now_ns();
  used_for.turn_ended(heard_ns_);
  while (!used_for.finished(now_ns())) {
    look(used_for, used_for.patience_ms());
    const auto now = now_ns();
    if (now - heard_ns_ > silence_max_ns) {
      throw std::runtime_error("The server has said nothing for 20 s; see its log.");
    }
    used_for.turn_ended(now);
  }
}

void swarm::idle_until_readable(int descriptor) {
  epoll_event watched{EPOLLIN, {.u64 = outside}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &watched) != 0) {
    throw failure("The input cannot be watched (it has to be a pipe or a terminal)");
  }
  idle_load nothing;
  input_ready_ = false;
  while (!input_ready_) look(nothing, -1);
  static_cast<void>(::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr));
}

void swarm::look(load& used_for, int timeout_ms) {
  std::array<epoll_event, events_max> events;
  const int count = ::epoll_wait(epoll_, events.data(), events_max, timeout_ms);
  if (count < 0 && errno != EINTR) throw failure("Waiting for events failed");
  looked_ns_ = now_ns();
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == outside) {
      input_ready_ = true;
    } else {
      happened(event.data.u64, event.events, used_for);
    }
  }
}

void swarm::happened(std::size_t index, std::uint32_t events, load& used_for) {
  auto& who = connections_[index];
  if (who.is == phase::closed) return;  // closed earlier in this turn
  if (who.is == phase::connecting) connected(index, used_for);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) readable(index, used_for);
}

void swarm::readable(std::size_t index, load& used_for) {
  auto& who = connections_[index];
  std::size_t frames = 0;
  while (who.is != phase::closed) {
    const auto got = receive(who.descriptor, buffer_);
    if (got == 0) throw std::runtime_error("The server has closed a connection; see its log.");
    if (got < 0) {
      if (errno == EAGAIN) break;
      if (errno == EINTR) continue;
      throw failure("A connection broke");
    }
    frames += count_frames(index, {buffer_.data(), static_cast<std::size_t>(got)}, used_for);
    if (static_cast<std::size_t>(got) < buffer_.size()) break;
  }
  if (frames == 0) return;
  heard_ns_ = used_for.times_each() ? now_ns() : looked_ns_;
  used_for.received(index, frames, heard_ns_);
}

std::size_t swarm::count_frames(std::size_t index, std::string_view bytes, load& used_for) {
  auto& who = connections_[index];
  std::size_t counted = 0;
  if (options_.speaks == dialect::resp) {
    if (bytes.front() != ':') {
      throw std::runtime_error("Redis refuses: " + std::string(bytes));
    }
    for (const char c : bytes) counted += c == '\n' ? 1U : 0U;
    return counted;
  }
  if (who.is == phase::upgrading) {
    bytes = take_head(who, bytes);
    if (who.is == phase::upgrading) return 0;
    if (options_.speaks == dialect::raw) become_ready(index, used_for);
  }
  who.frames.read(bytes, [&](const received_frame& frame) {
    if (who.is != phase::ready) return greeted(index, frame, used_for);
    counted += counts(index, frame) ? 1U : 0U;
  });
  return counted;
}

std::string_view swarm::take_head(connection& who, std::string_view bytes) {
  const auto before = who.head.size();
  who.head.append(bytes);
  const auto end = who.head.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  if (!who.head.starts_with("HTTP/1.1 101")) {
    throw std::runtime_error("The server refuses the handshake: " + who.head);
  }
  who.is = phase::greeting;
  who.head = {};
  return bytes.substr(end + 4 - before);
}

bool swarm::counts(std::size_t index, const received_frame& frame) {
  if (frame.kind == opcode::text || frame.kind == opcode::binary) {
    if (options_.speaks == dialect::raw) return true;
    if (frame.beginning.starts_with(error_begins)) {
      throw std::runtime_error("The server answers: " + std::string(frame.beginning));
    }
    return !frame.beginning.starts_with(ping_begins);
  }
  if (frame.kind == opcode::ping) send(index, pong_frame(frame.beginning));
  if (frame.kind == opcode::close) {
    throw std::runtime_error("The server closes a connection: " + std::string(frame.beginning));
  }
  return false;
}

/// The rooms protocol begins with the config and the profile; a second profile, asked for behind
/// the subscription, tells that the subscription is in force.
void swarm::greeted(std::size_t index, const received_frame& frame, load& used_for) {
  static const auto profile_question = text_frame(R"({"type":"profile"})");
  auto& who = connections_[index];
  if (!frame.beginning.starts_with(R"({"type":"profi)")) {
    static_cast<void>(counts(index, frame));
    return;
  }
  constexpr std::string_view suffix_key = R"("suffix":)";
  if (const auto at = frame.beginning.find(suffix_key); at != std::string_view::npos) {
    const auto digits = frame.beginning.substr(at + suffix_key.size());
    who.suffix = digits.substr(0, digits.find_first_not_of("0123456789"));
  }
  if (who.is == phase::subscribing || options_.subscribe.empty()) {
    return become_ready(index, used_for);
  }
  who.is = phase::subscribing;
  send(index, subscribe_message(options_.subscribe) + profile_question);
}

void swarm::become_ready(std::size_t index, load& used_for) {
  connections_[index].is = phase::ready;
  heard_ns_ = now_ns();
  used_for.opened(index, heard_ns_);
}

void swarm::connected(std::size_t index, load& used_for) {
  auto& who = connections_[index];
  int error = 0;
  socklen_t size = sizeof error;
  static_cast<void>(::getsockopt(who.descriptor, SOL_SOCKET, SO_ERROR, &error, &size));
  if (error != 0) {
    errno = error;
    throw failure("Cannot connect to 127.0.0.1 port " + std::to_string(options_.port));
  }
  if (options_.speaks == dialect::resp) return become_ready(index, used_for);
  who.is = phase::upgrading;
  send(index, upgrade_request(room_of(index)));
}

void swarm::send(std::size_t index, std::string_view bytes) {
  const auto sent =
      ::send(connections_[index].descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(bytes.size())) return;
  if (sent >= 0) errno = EAGAIN;
  throw failure("The server does not take what is sent to it");
}

void swarm::open(std::size_t index) {
  auto& who = connections_[index];
  who.descriptor = socket_from(index);
  who.is = phase::connecting;
  who.frames = {};
  epoll_event watched{EPOLLIN | EPOLLOUT | EPOLLET, {.u64 = index}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, who.descriptor, &watched) != 0) {
    throw failure("A socket cannot be watched");
  }
  if (connect_to(options_.port, who.descriptor) != 0 && errno != EINPROGRESS) {
    throw failure("Cannot connect to 127.0.0.1 port " + std::to_string(options_.port));
  }
}

void swarm::close(std::size_t index) {
  auto& who = connections_[index];
  if (who.is == phase::closed) return;
  ::close(who.descriptor);
  who.is = phase::closed;
}

std::string swarm::room_of(std::size_t index) const {
  return options_.room_prefix + std::to_string(index / options_.per_room);
}

}  // namespace innkeeper::bench
