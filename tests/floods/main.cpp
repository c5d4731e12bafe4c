// Floods a server of its own with what strangers may send, and says what that did to its memory and
// to those who behave.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include "tests/floods/attacks.hpp"
#include "tests/floods/healthy_room.hpp"
#include "tests/floods/server_gauge.hpp"
#include "tests/floods/soak.hpp"
#include "tests/floods/stolen_time.hpp"
#include "tests/support/server_process.hpp"

namespace innkeeper::floods {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct wishes {
  std::vector<std::string> attacks;
  int seconds = 10;
  int soak_minutes = 0;
};

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

/// Healthy clients are on machines of their own, where nobody keeps them waiting. Needs a right
/// that root has; without it they wait for their turn on this one.
void come_first() {
  const sched_param lowest{sched_get_priority_min(SCHED_FIFO)};
  static_cast<void>(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest));
}

bool wanted(const wishes& all, const attack_kind& kind) {
  return all.attacks.empty() || std::ranges::find(all.attacks, kind.name) != all.attacks.end();
}

/// Until all are at work, or a while has passed in which the server may have turned them away.
void wait_for_the_attack(const attack& running) {
  const auto deadline = steady_clock::now() + milliseconds(3000);
  while (!running.is_over() && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(100));
  }
}

/// The stalled are in the healthy room: there it takes many and much to tell the difference.
struct measurement {
  std::size_t listeners;
  std::size_t words_per_second;
  std::size_t word_bytes;
};

measurement measurement_for(const attack_kind& kind) {
  if (kind.name == "stalled") return {4500, 10, 2048};
  return {20, 50, 64};
}

/// Latencies, and the part of the machine's time that its host took away meanwhile.
struct observation {
  latencies words;
  double stolen = 1;
};

/// Measures again and again, and gives what the host disturbed least: only then a flood tells of
/// the server. An attack that comes to an end is watched as long as it lasts; otherwise a few times
/// are enough, or one without disturbance.
observation observe(const std::function<latencies()>& measure, const attack* passing) {
  constexpr double undisturbed = 0.005;
  constexpr int times_max = 6;
  observation best;
  std::size_t missing = 0;
  for (int times = 1;; ++times) {
    const stolen_time lost;
    const auto words = measure();
    missing += words.missing;
    const bool is_over = passing != nullptr && passing->is_over();
    const auto stolen = lost.share();
    if (times == 1 || (stolen < best.stolen && !is_over)) best = {words, stolen};
    if (passing != nullptr ? is_over : best.stolen <= undisturbed || times == times_max) break;
  }
  best.words.missing = missing;
  return best;
}

void report(const attack_kind& kind, const attack_counts& counts) {
  std::printf("%s: %s\n", std::string(kind.name).c_str(), std::string(kind.about).c_str());
  std::printf("  attack: %zu tried, %zu let in, %zu turned away\n", counts.tried.load(),
              counts.let_in.load(), counts.turned_away.load());
}

void report(const server_gauge& before, const server_gauge& after) {
  std::printf(
      "  server: %ld KiB before, %ld after, %ld at most; %zu descriptors before, %zu after\n",
      before.resident_kib, after.resident_kib, after.resident_max_kib, before.descriptors,
      after.descriptors);
}

void report(const observation& calm, const observation& attacked) {
  constexpr double shortest_ms = 0.01;
  const auto& before = calm.words;
  const auto& under = attacked.words;
  std::printf("  healthy: p50 %.2f -> %.2f ms, p99 %.2f -> %.2f ms (x %.2f), %zu missing\n",
              before.p50_ms, under.p50_ms, before.p99_ms, under.p99_ms,
              under.p99_ms / std::max(before.p99_ms, shortest_ms), under.missing);
  std::printf("  the host took %.1f %% -> %.1f %% of the processors' time for others\n",
              calm.stolen * 100, attacked.stolen * 100);
  std::fflush(stdout);
}

/// True if nobody healthy missed a word and the server's memory stayed within bounds.
bool flood(const attack_kind& kind, const wishes& all) {
  const testing::server_process server;
  boost::asio::io_context io{1};
  const auto how = measurement_for(kind);
  const milliseconds time = std::chrono::seconds(all.seconds);
  healthy_room people(io, server.port(), "healthy", how.listeners);
  const auto measure = [&] { return people.measure(time, how.words_per_second, how.word_bytes); };
  const auto calm = observe(measure, nullptr);
  const auto before = gauge(server.pid());
  const attack running(kind, server.port());
  wait_for_the_attack(running);
  const bool passes = kind.in_all > kind.at_once;
  const auto under = observe(measure, passes ? &running : nullptr);
  const auto after = gauge(server.pid());
  report(kind, running.counts());
  report(before, after);
  report(calm, under);
  constexpr long growth_max_kib = 512L * 1024;
  return under.words.missing == 0 && after.resident_max_kib - before.resident_kib < growth_max_kib;
}

int run(const wishes& all) {
  raise_descriptor_limit();
  if (all.soak_minutes > 0) {
    const testing::server_process server(
        testing::without_address_limits({.hibernate_after_ms = 1000}));
    const std::chrono::minutes duration(all.soak_minutes);
    return soak(server.port(), server.pid(), duration) ? 0 : 1;
  }
  come_first();
  int failed = 0;
  int passed = 0;
  for (const auto& kind : attack_kinds()) {
    if (!wanted(all, kind)) continue;
    ++(flood(kind, all) ? passed : failed);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace innkeeper::floods

int main(int argc, char** argv) {
  innkeeper::floods::wishes all;
  CLI::App program("Floods a server with what strangers may send.", "innkeeper_floods");
  program.add_option("attacks", all.attacks, "which; none named: all")
      ->check(CLI::IsMember(
          {"opens-one", "opens-many", "slow", "noise", "nonsense", "chat", "counts", "stalled"}));
  program.add_option("--seconds", all.seconds, "how long each is measured, and before it the calm")
      ->check(CLI::Range(1, 3600));
  program.add_option("--soak", all.soak_minutes, "instead: so many minutes of coming and going")
      ->check(CLI::Range(1, 100'000));
  CLI11_PARSE(program, argc, argv);
  try {
    return innkeeper::floods::run(all);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "innkeeper_floods: %s\n", error.what());
    return 1;
  }
}
