// The parts of a message's way that know neither sockets nor disk.

#include <benchmark/benchmark.h>

#include <string>

#include "actors/room/client_message.hpp"
#include "actors/room/server_message.hpp"
#include "proto/decimal.hpp"
#include "proto/frame.hpp"

namespace {

using namespace innkeeper;

void parse(benchmark::State& state, const std::string& text) {
  while (state.KeepRunning()) {
    auto parsed = room::parse_client_message(text, proto::limits());
    benchmark::DoNotOptimize(parsed);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

const std::string text_of_57 = '"' + std::string(57, 'x') + '"';

/// Rows of a table, as an application might pass them on in a chat.
std::string nested_data() {
  std::string rows = "[";
  for (int i = 0; i < 40; ++i) {
    if (i > 0) rows += ',';
    rows += R"({"name":"somebody","at":[12.5,-7],"tags":["a","b"],"on":true})";
  }
  return rows + "]";
}

BENCHMARK_CAPTURE(parse, chat_of_57_bytes, R"({"type":"chat","data":)" + text_of_57 + "}");
BENCHMARK_CAPTURE(parse, chat_of_2_5_KB_nested, R"({"type":"chat","data":)" + nested_data() + "}");
BENCHMARK_CAPTURE(parse, counter, R"({"type":"counter","data":{"id":"visits","value":17.75}})");
BENCHMARK_CAPTURE(parse, vote, R"({"type":"poll","data":{"id":"lunch","answer":"cake"}})");
BENCHMARK_CAPTURE(parse, subscribe, R"({"type":"subscribe","data":"counter:visits"})");
BENCHMARK_CAPTURE(parse, nonsense, R"({"type":"chat","data":[1,2,})");

void encode_chat(benchmark::State& state) {
  const std::optional<std::string> message(text_of_57);
  while (state.KeepRunning()) {
    proto::frame built(room::encode_chat(message, 17, "{}"));
    benchmark::DoNotOptimize(built);
  }
}
BENCHMARK(encode_chat);

void encode_counter(benchmark::State& state) {
  while (state.KeepRunning()) {
    proto::frame built(room::encode_counter(R"("visits")", "17.75"));
    benchmark::DoNotOptimize(built);
  }
}
BENCHMARK(encode_counter);

void encode_poll(benchmark::State& state) {
  room::tallies stats;
  for (int i = 0; i < state.range(0); ++i) stats["answer " + std::to_string(i)] = i;
  while (state.KeepRunning()) {
    proto::frame built(room::encode_poll(false, R"("lunch")", stats));
    benchmark::DoNotOptimize(built);
  }
}
BENCHMARK(encode_poll)->Arg(5)->Arg(100);

void decimal_parse(benchmark::State& state, const std::string& text) {
  while (state.KeepRunning()) {
    auto value = proto::decimal::parse(text);
    benchmark::DoNotOptimize(value);
  }
}
BENCHMARK_CAPTURE(decimal_parse, whole, std::string("1"));
BENCHMARK_CAPTURE(decimal_parse, with_cents, std::string("17.75"));
BENCHMARK_CAPTURE(decimal_parse, of_34_digits, std::string("1234567890123456.789012345678901234"));

void decimal_text(benchmark::State& state, const std::string& text) {
  const auto value = *proto::decimal::parse(text);
  while (state.KeepRunning()) {
    auto digits = value.text();
    benchmark::DoNotOptimize(digits);
  }
}
BENCHMARK_CAPTURE(decimal_text, whole, std::string("12345"));
BENCHMARK_CAPTURE(decimal_text, with_cents, std::string("17.75"));
BENCHMARK_CAPTURE(decimal_text, of_34_digits, std::string("1234567890123456.789012345678901234"));

void decimal_add_and_check(benchmark::State& state) {
  auto sum = *proto::decimal::parse("17.75");
  const auto one = *proto::decimal::parse("0.01");
  while (state.KeepRunning()) {
    sum = sum + one;
    bool fine = sum.is_counter_value();
    benchmark::DoNotOptimize(fine);
  }
}
BENCHMARK(decimal_add_and_check);

}  // namespace
