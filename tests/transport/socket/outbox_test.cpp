#include "transport/socket/outbox.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <catch2/catch.hpp>
#include <cerrno>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/transport/loop/loop_turn.hpp"
#include "transport/loop/loop.hpp"

namespace innkeeper::transport {
namespace {

using boost::asio::ip::tcp;

/// A loop that runs, and a connection on it.
class running_loop {
 public:
  explicit running_loop(loop_settings settings = {}) : loop_(system_, 0, settings) {
    loop_.start([] {}, [] {});
  }
  ~running_loop() { loop_.stop(); }
  running_loop(const running_loop&) = delete;
  running_loop& operator=(const running_loop&) = delete;

  loop& get() { return loop_; }

  /// Within one turn; returns when it has been done.
  void run(const std::function<void()>& what) { in_a_turn_of(loop_, what); }

 private:
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  loop loop_;
};

TEST_CASE("an outbox that ends in the turn in which it was flushed is forgotten by its loop") {
  running_loop loop;
  loop.run([&] {
    const auto out = std::make_shared<outbox>(loop.get(), -1, 0);
    out->append_frame(proto::frame("a farewell"));
    out->flush();
  });
  loop.run([] {});  // a turn later nothing has gone wrong, which AddressSanitizer would see
}

/// Both ends of a connection: a server's, which writes through an outbox, and a client's.
struct line {
  explicit line(loop& home) : client(home.io()) {
    tcp::acceptor admission_control(home.io(), {boost::asio::ip::address_v4::loopback(), 0});
    client.connect(admission_control.local_endpoint());
    tcp_socket accepted(home.io());
    admission_control.accept(accepted);
    out = std::make_shared<outbox>(home, accepted.release(), 0);
  }

  std::string hear(std::size_t size) {
    std::string text(size, '\0');
    boost::asio::read(client, boost::asio::buffer(text));
    return text;
  }

  tcp_socket client;
  std::shared_ptr<outbox> out;
};

/// What stands in `space` or is the only piece, of an outbox that has been told these words.
std::string in_one_piece(outbox& out, const std::vector<std::string>& words,
                         std::span<char> space) {
  for (const auto& word : words) out.append_frame(proto::frame(word));
  return std::string(out.turn_ended_with_one_piece(space));
}

std::string on_the_wire(const std::vector<std::string>& words) {
  std::string bytes;
  for (const auto& word : words) bytes += proto::frame(word).wire();
  return bytes;
}

TEST_CASE("a few pieces that there is room for are put together, and others are written apart") {
  running_loop loop;
  line to_peer(loop.get());
  const auto words = [](std::size_t count) { return std::vector<std::string>(count, "a word"); };
  const auto several = words(outbox::pieces_gathered_max);
  const auto too_many = words(outbox::pieces_gathered_max + 1);
  const auto size = on_the_wire(several).size();
  std::vector<char> space(size * 2);
  const auto given = [&](const std::vector<std::string>& told, std::size_t room) {
    std::string piece;
    loop.run([&] {
      auto& out = *to_peer.out;
      piece = in_one_piece(out, told, std::span(space).first(room));
      if (!piece.empty()) out.sent(static_cast<int>(piece.size()));
    });
    return piece;
  };
  CHECK(given(several, size) == on_the_wire(several));
  CHECK(given(words(1), 0) == on_the_wire(words(1)));
  CHECK(given(several, size - 1).empty());
  CHECK(to_peer.hear(size) == on_the_wire(several));
  CHECK(given(too_many, space.size()).empty());
  CHECK(to_peer.hear(on_the_wire(too_many).size()) == on_the_wire(too_many));
  loop.run([&] { to_peer.out.reset(); });
}

TEST_CASE("what was put together and has been sent in part is gone on with where that ended") {
  running_loop loop;
  line to_peer(loop.get());
  const std::vector<std::string> words{"one", "two", "three"};
  const auto all = on_the_wire(words);
  // Within a frame, between two, nothing.
  for (const int sent : {1, 5, 7, -EAGAIN}) {
    CAPTURE(sent);
    std::vector<char> space(all.size());
    loop.run([&] {
      CHECK(in_one_piece(*to_peer.out, words, space) == all);
      to_peer.out->sent(sent);
    });
    const auto left = all.substr(static_cast<std::size_t>(std::max(sent, 0)));
    CHECK(to_peer.hear(left.size()) == left);
  }
  loop.run([&] { to_peer.out.reset(); });
}

/// One piece for most; several that fit together, more than are put together, larger ones.
std::vector<std::string> words_for(std::size_t i) {
  constexpr std::size_t more_than_the_kernel_takes = std::size_t{16} * 1024 * 1024;
  if (i == 3) return {std::string(more_than_the_kernel_takes, 'x')};
  const auto word = "to " + std::to_string(i);
  if (i == 4) return {word, "and " + word};
  std::vector<std::string> many(100, word);
  if (i == 7) return many;
  if (i == 8) return {std::string(3000, 'a'), std::string(3000, 'b')};
  if (i >= 100 && i < 200) return {std::string(1500, 'c'), word, std::string(1500, 'd')};
  return {word};
}

TEST_CASE("what many outboxes have to say in one turn arrives, by one call or by many") {
  const bool io_uring = GENERATE(true, false);
  CAPTURE(io_uring);
  running_loop loop({.messages_per_resume_max = 100, .io_uring = io_uring});
  // More than can be put together at once, each with something of its own.
  constexpr std::size_t count = 400;
  std::vector<std::unique_ptr<line>> lines;
  for (std::size_t i = 0; i < count; ++i) lines.push_back(std::make_unique<line>(loop.get()));
  loop.run([&] {
    for (std::size_t i = 0; i < count; ++i) {
      auto& out = *lines[i]->out;
      for (const auto& word : words_for(i)) out.append_frame(proto::frame(word));
      if (i == 5) out.give_up();
      if (i == 6) lines[i]->out.reset();
    }
  });
  for (std::size_t i = 0; i < count; ++i) {
    if (i == 5 || i == 6) continue;
    CAPTURE(i);
    const auto due = on_the_wire(words_for(i));
    CHECK((lines[i]->hear(due.size()) == due));
  }
  loop.run([&] { lines.clear(); });
}

TEST_CASE("as many outboxes as a ring takes at once, and one more, speak in one turn") {
  const std::size_t count = loop::sent_together_max + GENERATE(0U, 1U);
  CAPTURE(count);
  running_loop loop;
  std::vector<std::unique_ptr<line>> lines;
  for (std::size_t i = 0; i < count; ++i) lines.push_back(std::make_unique<line>(loop.get()));
  loop.run([&] {
    for (std::size_t i = 0; i < count; ++i) {
      lines[i]->out->append_frame(proto::frame(std::to_string(i)));
    }
  });
  for (std::size_t i = 0; i < count; ++i) {
    const auto due = on_the_wire({std::to_string(i)});
    REQUIRE(lines[i]->hear(due.size()) == due);
  }
  loop.run([&] { lines.clear(); });
}

}  // namespace
}  // namespace innkeeper::transport
