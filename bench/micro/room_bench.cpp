// A room's turns and the output gate, without actor, socket or disk.

#include <benchmark/benchmark.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/durable/output_gate.hpp"
#include "actors/room/client_message.hpp"
#include "actors/room/room_kind.hpp"
#include "actors/room/room_message.hpp"

namespace {

using namespace innkeeper;

/// A room that has stored nothing yet.
class no_rows final : public durable::object_view {
 public:
  std::optional<storage::row> get(const storage::table&, const storage::row&) const override {
    return std::nullopt;
  }
  void visit(const storage::table&, const storage::row_range&,
             const storage::row_visitor&) const override {}
};

/// A hydrated room with one guest.
class guest_room {
 public:
  guest_room()
      : kind_(room::admin_auth(""), room::room_rules::default_session_ttl_ms, proto::limits(),
              std::make_shared<health::monitor>()),
        room_(kind_.make({&kind_, "r"})) {
    facts_ = std::make_shared<const room::connection_facts>(room::connection_facts{"ann", "{}"});
    room_->hydrate(now(), {});
    durable::object_message come = room::room_message(room::connection_opened{1, facts_, nullptr});
    static_cast<void>(room_->handle(come, now()));
  }

  durable::effects say(const room::client_message& what) {
    durable::object_message message =
        room::room_message(room::client_message_received{1, facts_, proto::role::user, what});
    return room_->handle(message, now());
  }

 private:
  durable::turn now() const { return {1'700'000'000'000, stored_, std::nullopt}; }

  no_rows stored_;
  room::room_kind kind_;
  std::unique_ptr<durable::durable_object> room_;
  room::facts_ptr facts_;
};

void room_turn(benchmark::State& state, const std::string& text) {
  guest_room guests;
  const auto message =
      std::get<room::client_message>(room::parse_client_message(text, proto::limits()));
  while (state.KeepRunning()) {
    auto wanted = guests.say(message);
    benchmark::DoNotOptimize(wanted);
  }
}
BENCHMARK_CAPTURE(room_turn, chat, std::string(R"({"type":"chat","data":"good evening"})"));
BENCHMARK_CAPTURE(room_turn, counter,
                  std::string(R"({"type":"counter","data":{"id":"visits","value":1}})"));
BENCHMARK_CAPTURE(room_turn, vote,
                  std::string(R"({"type":"poll","data":{"id":"lunch","answer":"cake"}})"));
BENCHMARK_CAPTURE(room_turn, made_up, std::string(R"({"type":"wave","data":1})"));

/// So many turns wait at the gate for one commit each; a commit lets one turn out.
void gate_turn(benchmark::State& state) {
  durable::output_gate gate;
  durable::batch_number last = 0;
  const auto waiting = static_cast<durable::batch_number>(state.range(0));
  const auto one = [] { return std::vector<durable::object_output>(1, durable::object_output(1)); };
  while (last < waiting) gate.hold(++last, one(), {});
  while (state.KeepRunning()) {
    gate.hold(++last, one(), {});
    auto leaving = gate.release(last - waiting);
    benchmark::DoNotOptimize(leaving);
  }
}
BENCHMARK(gate_turn)->Arg(1)->Arg(100);

void gate_pass(benchmark::State& state) {
  durable::output_gate gate;
  while (state.KeepRunning()) {
    auto leaving = gate.pass(std::vector<durable::object_output>(1, durable::object_output(1)), {});
    benchmark::DoNotOptimize(leaving);
  }
}
BENCHMARK(gate_pass);

}  // namespace
