#include "health/monitor.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using namespace innkeeper;
using health::reason;
using namespace std::chrono_literals;

namespace {

/// A monitor whose time stands still until it is moved, and whose log is kept.
struct watched {
  std::chrono::steady_clock::time_point now{1h};
  std::vector<std::string> lines;
  health::monitor monitor{
      [this](health::severity, const std::string& text) { lines.push_back(text); },
      [this] { return now; }};

  const std::string& last() const { return lines.back(); }
};

std::uint64_t count_of(const health::monitor& monitor, reason what) {
  return monitor.troubles()[static_cast<std::size_t>(what)].count;
}

}  // namespace

TEST_CASE("a trouble is logged when it begins and when it is told to be over, not in between") {
  watched its;
  its.monitor.report(reason::storage_full, "a commit of 3 rows was refused");
  REQUIRE(its.lines.size() == 1);
  CHECK(
      its.last() ==
      "storage_full: a commit of 3 rows was refused. Make room on the disk; no restart is needed.");
  for (int i = 0; i < 1000; ++i) its.monitor.report(reason::storage_full, "again");
  its.now += 59s;
  its.monitor.tick();
  CHECK(its.lines.size() == 1);
  its.now += 1s;
  its.monitor.tick();
  REQUIRE(its.lines.size() == 2);
  CHECK(its.last() == "storage_full goes on: 1000 times in the last 60 s, the first: again");
  its.monitor.end(reason::storage_full);
  REQUIRE(its.lines.size() == 3);
  CHECK(its.last() == "storage_full is over after 60 s; it happened 1001 times");
  its.monitor.end(reason::storage_full);
  CHECK(its.lines.size() == 3);
  CHECK(count_of(its.monitor, reason::storage_full) == 1001);
}

TEST_CASE("a trouble that comes and goes makes few lines") {
  watched its;
  for (int i = 0; i < 59; ++i) {
    its.monitor.report(reason::storage_full, "no room");
    its.monitor.end(reason::storage_full);
    its.now += 1s;
    its.monitor.tick();
  }
  CHECK(its.lines.size() == 2);
  its.monitor.report(reason::storage_full, "no room");
  its.now += 61s;
  its.monitor.tick();
  CHECK(its.last() == "storage_full goes on: 59 times in the last 120 s, the first: no room");
  its.monitor.end(reason::storage_full);
  CHECK(its.lines.size() == 4);
}

TEST_CASE("a trouble that ends by itself is over after a quiet minute") {
  watched its;
  its.monitor.report(reason::descriptors_short, "accept failed");
  its.now += 59s;
  its.monitor.tick();
  CHECK(its.monitor.is_on(reason::descriptors_short));
  its.now += 1s;
  CHECK_FALSE(its.monitor.is_on(reason::descriptors_short));
  its.monitor.tick();
  CHECK(its.last() == "descriptors_short is over after 60 s; it happened once");
  its.monitor.report(reason::descriptors_short, "accept failed again");
  CHECK(its.lines.size() == 3);
}

TEST_CASE("a damaged file stays a trouble until the end") {
  watched its;
  its.monitor.report(reason::file_damaged, "page 7");
  its.now += 24h;
  its.monitor.tick();
  CHECK(its.monitor.is_on(reason::file_damaged));
  CHECK(its.lines.size() == 1);
}

TEST_CASE("the server is ready unless a trouble is in the way") {
  watched its;
  CHECK(its.monitor.is_ready());
  CHECK(its.monitor.readiness_text() == "ok\n");
  its.monitor.report(reason::admin_login_failed, "in room 'lobby'");
  CHECK(its.monitor.is_ready());
  its.monitor.report(reason::file_locked, "by another program");
  its.monitor.report(reason::storage_full, "no room");
  CHECK_FALSE(its.monitor.is_ready());
  CHECK(its.monitor.readiness_text() == "storage_full\nfile_locked\n");
  CHECK(its.monitor.any_storage_trouble());
  its.monitor.end(reason::file_locked);
  its.monitor.end(reason::storage_full);
  CHECK(its.monitor.is_ready());
  CHECK_FALSE(its.monitor.any_storage_trouble());
}

TEST_CASE("what a client has written makes no second line in the log, and no long one") {
  watched its;
  its.monitor.report(reason::origin_refused,
                     "page of 'x\r\n2026 [error] \x1B[31m" + std::string(5000, 'y') + "'");
  CHECK(its.last().find_first_of("\r\n\x1B") == std::string::npos);
  CHECK(its.last().size() < 500);
}

TEST_CASE("errors and closes are counted by their codes") {
  watched its;
  its.monitor.count_error("limit");
  its.monitor.count_error("limit");
  its.monitor.count_error("forbidden");
  its.monitor.count_closed(1009);
  CHECK(its.monitor.errors() ==
        std::map<std::string, std::uint64_t, std::less<>>{{"forbidden", 1}, {"limit", 2}});
  CHECK(its.monitor.closes() == std::map<std::uint16_t, std::uint64_t>{{1009, 1}});
}

TEST_CASE("several threads may report at once") {
  watched its;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        its.monitor.report(reason::room_messages, "loud");
        its.monitor.count_error("rate_limited");
      }
    });
  }
  for (auto& each : threads) each.join();
  CHECK(count_of(its.monitor, reason::room_messages) == 4000);
  CHECK(its.monitor.errors().at("rate_limited") == 4000);
  CHECK(its.lines.size() == 1);
}

TEST_CASE("each reason has a row in docs/operating.md that says the same") {
  std::ifstream file(OPERATING_DOCUMENT);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  REQUIRE_FALSE(text.empty());
  for (const auto& facts : health::all_reasons()) {
    const auto begin = text.find("| `" + std::string(facts.name) + "` |");
    INFO(facts.name);
    REQUIRE(begin != std::string::npos);
    const auto row = text.substr(begin, text.find('\n', begin) - begin);
    CHECK(row.ends_with(facts.blocks_readiness ? "| no |" : "| yes |"));
  }
}
