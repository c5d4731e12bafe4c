#include "transport/socket/connected_socket.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/transport/socket/socket_pair.hpp"

namespace innkeeper::transport {
namespace {

/// Whether one of this process's epolls looks at it (proc(5), fdinfo).
bool is_in_an_epoll(int descriptor) {
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream lines(each.path());
    std::string word;
    while (lines >> word) {
      int looked_at = -1;
      if (word == "tfd:" && lines >> looked_at && looked_at == descriptor) return true;
    }
  }
  return false;
}

bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) >= 0;
}

struct line {
  line() {
    const auto ends = socket_pair();
    near.emplace(io, ends[0]);
    far = ends[1];
  }
  ~line() { ::close(far); }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  void wait(tcp_socket::wait_type for_what) {
    near->wait(for_what, [this](boost::system::error_code error) { heard = error; });
  }

  boost::asio::io_context io;
  std::optional<connected_socket> near;
  int far = -1;
  std::optional<boost::system::error_code> heard;
};

TEST_CASE("Asio knows a socket only while something waits for it there") {
  line talk;
  const int descriptor = talk.near->descriptor();
  CHECK_FALSE(is_in_an_epoll(descriptor));
  for (int round = 1; round <= 2; ++round) {
    talk.heard.reset();
    talk.wait(tcp_socket::wait_read);
    CHECK(is_in_an_epoll(descriptor));
    talk.io.restart();
    talk.io.poll();
    CHECK_FALSE(talk.heard);
    REQUIRE(::write(talk.far, "x", 1) == 1);
    talk.io.run();
    REQUIRE(talk.heard);
    CHECK_FALSE(*talk.heard);
    CHECK_FALSE(is_in_an_epoll(descriptor));
    CHECK(talk.near->is_open());
    std::array<char, 2> bytes{};
    CHECK(::read(descriptor, bytes.data(), bytes.size()) == 1);
  }
}

TEST_CASE("of two that wait for a socket each is told, the second as well") {
  line talk;
  talk.wait(tcp_socket::wait_write);
  std::optional<boost::system::error_code> read;
  talk.near->wait(tcp_socket::wait_read, [&](boost::system::error_code error) { read = error; });
  talk.io.poll();
  CHECK(talk.heard);
  CHECK_FALSE(read);
  CHECK(is_in_an_epoll(talk.near->descriptor()));
  REQUIRE(::write(talk.far, "x", 1) == 1);
  talk.io.run();
  REQUIRE(read);
  CHECK_FALSE(*read);
  CHECK_FALSE(is_in_an_epoll(talk.near->descriptor()));
}

TEST_CASE("a socket that is closed while something waits for it says so, and is closed once") {
  line talk;
  const int descriptor = talk.near->descriptor();
  talk.wait(tcp_socket::wait_read);
  talk.near->close();
  CHECK_FALSE(talk.near->is_open());
  CHECK_FALSE(is_open(descriptor));
  talk.near->close();
  talk.io.run();
  REQUIRE(talk.heard);
  CHECK(*talk.heard == boost::asio::error::operation_aborted);
  talk.heard.reset();
  talk.wait(tcp_socket::wait_read);
  talk.io.restart();
  talk.io.run();
  REQUIRE(talk.heard);
  CHECK(*talk.heard);
}

TEST_CASE("of two that wait for a socket that is closed each is told, and may close it again") {
  line talk;
  int told = 0;
  for (int waiters = 0; waiters < 2; ++waiters) {
    talk.near->wait(tcp_socket::wait_read, [&](boost::system::error_code error) {
      CHECK(error);
      ++told;
      talk.near->close();
    });
  }
  SECTION("from outside") {
    talk.near->close();
  }
  SECTION("by one who is told that it can be written to") {
    talk.near->wait(tcp_socket::wait_write, [&](boost::system::error_code error) {
      CHECK_FALSE(error);
      talk.near->close();
    });
  }
  talk.io.run();
  CHECK(told == 2);
}

TEST_CASE("what has come is received as far as there is room, and its end is told of") {
  line talk;
  std::array<char, 2> bytes{};
  const auto why_nothing = [&] {
    errno = 0;
    return talk.near->receive(bytes) == -1 ? errno : 0;
  };
  CHECK(why_nothing() == EAGAIN);
  REQUIRE(::write(talk.far, "abc", 3) == 3);
  CHECK(talk.near->receive(bytes) == 2);
  CHECK(std::string(bytes.begin(), bytes.end()) == "ab");
  CHECK(talk.near->receive(bytes) == 1);
  CHECK(bytes[0] == 'c');
  REQUIRE(::shutdown(talk.far, SHUT_WR) == 0);
  CHECK(talk.near->receive(bytes) == 0);
  talk.near->close();
  CHECK(why_nothing() == EBADF);
}

TEST_CASE("a socket's end closes it, and its peer sees the end of what was written before") {
  line talk;
  const int descriptor = talk.near->descriptor();
  REQUIRE(::write(descriptor, "x", 1) == 1);
  std::array<char, 2> bytes{};
  SECTION("by writing no more") {
    talk.near->end_writing();
    CHECK(is_open(descriptor));
  }
  SECTION("by being gone") {
    talk.near.reset();
    CHECK_FALSE(is_open(descriptor));
  }
  CHECK(::read(talk.far, bytes.data(), bytes.size()) == 1);
  CHECK(::read(talk.far, bytes.data(), bytes.size()) == 0);
}

}  // namespace
}  // namespace innkeeper::transport
