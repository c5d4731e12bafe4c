#pragma once

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "tests/transport/socket/socket_pair.hpp"

namespace innkeeper::transport {

/// A socket, and its other end in the test's hand.
class socket_fixture {
 public:
  socket_fixture() = default;
  ~socket_fixture() {
    hang_up();
    ::close(ends_[0]);
  }
  socket_fixture(const socket_fixture&) = delete;
  socket_fixture& operator=(const socket_fixture&) = delete;

  int socket() const { return ends_[0]; }

  // What the other end does.

  void write(std::string_view text) { REQUIRE(::write(ends_[1], text.data(), text.size()) > 0); }
  std::string heard() {
    std::array<char, 64> bytes{};
    const auto size = ::read(ends_[1], bytes.data(), bytes.size());
    return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : "";
  }
  void hang_up() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_ = socket_pair();
};

}  // namespace innkeeper::transport
