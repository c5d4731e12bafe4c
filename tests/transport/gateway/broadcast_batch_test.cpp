#include "transport/gateway/broadcast_batch.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

namespace innkeeper::transport {
namespace {

using proto::frame;
using sockets::topic;

object_connections some_room() {
  return object_connections(std::make_shared<const durable::object_address>());
}

std::string wire_of(const frame& one) {
  return std::string(one.wire());
}

}  // namespace

TEST_CASE("what is said in a row to one channel becomes one piece, in order") {
  auto room = some_room();
  broadcast_batch batch;
  const frame first("one");
  const frame second("two");
  REQUIRE(batch.add(room, topic("chat"), first));
  REQUIRE(batch.add(room, topic("chat"), second));
  CHECK(batch.size() == 2);
  CHECK(&batch.object() == &room);
  CHECK(batch.to() == topic("chat"));
  CHECK(wire_of(batch.take()) == wire_of(first) + wire_of(second));
  CHECK(batch.empty());
}

TEST_CASE("each message of a batch is shaped by itself, once") {
  auto room = some_room();
  broadcast_batch batch;
  const frame first("one");
  const frame second("two");
  REQUIRE(batch.add(room, topic("chat"), first));
  REQUIRE(batch.add(room, topic("chat"), second));
  const auto whole = batch.take();
  int asked = 0;
  const auto doubled = [&](const frame& each) {
    ++asked;
    return frame(std::string(each.payload()) + std::string(each.payload()));
  };
  for (int i = 0; i < 2; ++i) {
    CHECK(wire_of(whole.in_other_shape(doubled)) ==
          wire_of(frame("oneone")) + wire_of(frame("twotwo")));
  }
  CHECK(asked == 2);
}

TEST_CASE("a single frame is handed on as it is") {
  auto room = some_room();
  broadcast_batch batch;
  const frame only("one");
  REQUIRE(batch.add(room, topic("chat"), only));
  CHECK(batch.take().wire().data() == only.wire().data());
}

TEST_CASE("another channel and another room do not go into the same batch") {
  auto room = some_room();
  auto other = some_room();
  broadcast_batch batch;
  REQUIRE(batch.add(room, topic("chat"), frame("one")));
  CHECK_FALSE(batch.add(room, topic("chat", "a"), frame("two")));
  CHECK_FALSE(batch.add(room, topic("news"), frame("two")));
  CHECK_FALSE(batch.add(other, topic("chat"), frame("two")));
  CHECK(batch.size() == 1);
}

TEST_CASE("frames about a state and large ones stay by themselves") {
  auto room = some_room();
  broadcast_batch batch;
  const auto header = frame(std::string(200, 'x')).wire().size() - 200;
  const std::string largest(broadcast_batch::frame_bytes_max - header, 'x');
  CHECK_FALSE(batch.add(room, topic("counter"), frame("1", "counter:c")));
  CHECK_FALSE(batch.add(room, topic("chat"), frame(largest + 'x')));
  CHECK(batch.add(room, topic("chat"), frame(largest)));
}

TEST_CASE("a batch is bounded") {
  auto room = some_room();
  broadcast_batch batch;
  const frame each(std::string(1000, 'x'));
  while (batch.add(room, topic("chat"), each)) {
  }
  CHECK(batch.size() == broadcast_batch::batch_bytes_max / each.wire().size());
  CHECK(batch.take().wire().size() <= broadcast_batch::batch_bytes_max);
  CHECK(batch.add(room, topic("chat"), each));
}

}  // namespace innkeeper::transport
