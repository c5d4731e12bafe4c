#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "tests/simulation/run_report.hpp"
#include "tests/simulation/simulation_run.hpp"
#include "transport/gateway/metrics.hpp"

using namespace innkeeper;
using simulation::run_report;

namespace {

std::optional<std::uint64_t> number_from(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::stoull(text);
}

using rows_come = simulation::simulation_run::rows_come;

run_report play(std::uint64_t seed, transport::metrics& watched, bool tracing,
                rows_come when = rows_come::at_once) {
  run_report judge(tracing);
  simulation::simulation_run(seed, judge, watched, when).run();
  return judge;
}

std::string how_to_replay(std::uint64_t seed, const run_report& judge) {
  return judge.trace() + "seed " + std::to_string(seed) + ": " + *judge.fault() +
         "\nreplay with INNKEEPER_SEED=" + std::to_string(seed);
}

/// For those who wait for many seeds.
void show_progress(const simulation::tally& all) {
  constexpr std::uint64_t step = 1000;
  if (all.seeds % step == 0) std::fprintf(stderr, "%s\n", all.text().c_str());
}

/// INNKEEPER_SEEDS says how many, INNKEEPER_SEED plays one and tells all that happens in it.
void play_seeds(rows_come when, std::uint64_t by_default) {
  transport::metrics watched;
  const auto replayed = number_from("INNKEEPER_SEED");
  const auto first = replayed.value_or(1);
  const auto seeds = replayed ? 1 : number_from("INNKEEPER_SEEDS").value_or(by_default);
  simulation::tally all;
  for (auto seed = first; seed < first + seeds; ++seed) {
    CAPTURE(seed);  // for what ends the process
    const auto judge = play(seed, watched, replayed.has_value(), when);
    if (judge.failed()) FAIL(how_to_replay(seed, judge));
    CHECK(judge.count.turns >= simulation::simulation_run::turns_min);
    CHECK(judge.count.objects >= simulation::simulation_run::rooms);
    CHECK(judge.count.crashes >= simulation::simulation_run::crashes_min);
    all.add(judge.count);
    show_progress(all);
  }
  std::printf("seeds %llu to %llu: %s\n", static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(first + seeds - 1), all.text().c_str());
}

}  // namespace

TEST_CASE("a whole server keeps its promises through crashes, faults and sleep") {
  play_seeds(rows_come::at_once, 200);
}

TEST_CASE("a whole server keeps its promises where each row comes late") {
  play_seeds(rows_come::late, 100);
}

TEST_CASE("a seed plays the same whatever was played before it") {
  transport::metrics watched;
  const auto first = play(7, watched, false);
  play(8, watched, false);
  const auto second = play(7, watched, false);
  CHECK(first.count.text() == second.count.text());
}
