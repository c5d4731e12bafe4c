#include "actors/durable/output_gate.hpp"

#include <catch2/catch.hpp>

using namespace innkeeper::durable;

namespace {

output_gate::outputs say(const char* word) {
  output_gate::outputs list;
  list.emplace_back(std::string(word));
  return list;
}

std::string text_of(const output_gate::outputs& outputs) {
  std::string text;
  for (const auto& output : outputs) text += std::any_cast<std::string>(output);
  return text;
}

}  // namespace

TEST_CASE("an output gate lets outputs pass while nothing is uncommitted") {
  output_gate gate;
  CHECK(text_of(gate.pass(say("a"), {})) == "a");
  CHECK(gate.empty());
}

TEST_CASE("an output gate knows how many turns it holds and what they weigh") {
  output_gate gate;
  static_cast<void>(gate.pass(say("passes"), {}, 100));
  CHECK(gate.bytes() == 0);
  gate.hold(1, say("a"), {}, 10);
  static_cast<void>(gate.pass(say("b"), {}, 5));
  gate.hold(2, say("c"), {}, 7);
  CHECK(gate.turns() == 3);
  CHECK(gate.bytes() == 22);
  static_cast<void>(gate.release(1));
  CHECK(gate.turns() == 1);
  CHECK(gate.bytes() == 7);
  static_cast<void>(gate.drop());
  CHECK(gate.bytes() == 0);
}

TEST_CASE("an output gate holds a turn's outputs until its batch is committed") {
  output_gate gate;
  gate.hold(1, say("a"), {});
  CHECK_FALSE(gate.empty());
  CHECK(text_of(gate.release(1)) == "a");
  CHECK(gate.empty());
}

TEST_CASE("an output gate keeps outputs without writes behind the writes before them") {
  output_gate gate;
  gate.hold(1, say("a"), {});
  CHECK(gate.pass(say("b"), {}).empty());
  gate.hold(2, say("c"), {});
  CHECK(gate.pass(say("d"), {}).empty());
  CHECK(text_of(gate.release(1)) == "ab");
  CHECK(text_of(gate.release(2)) == "cd");
}

TEST_CASE("an output gate releases outputs in order when one commit covers several batches") {
  output_gate gate;
  gate.hold(1, say("a"), {});
  gate.hold(2, say("b"), {});
  gate.hold(3, say("c"), {});
  CHECK(text_of(gate.release(2)) == "ab");
  CHECK(text_of(gate.release(3)) == "c");
}

TEST_CASE("an output gate that is dropped gives what is to leave instead, in order") {
  output_gate gate;
  gate.hold(1, say("a"), [] { return say("1"); });
  static_cast<void>(gate.pass(say("b"), [] { return say("2"); }));
  CHECK(text_of(gate.drop()) == "12");
  CHECK(gate.empty());
}
