#include "proto/limit_table.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace innkeeper::proto;

namespace {

std::string row_of(const limit_entry& entry) {
  return "| `--" + std::string(entry.flag) + "` | " + entry.default_text() + " | " +
         std::string(entry.what) + " | " + std::string(entry.beyond) + " | " +
         std::string(entry.reason) + " |\n";
}

std::string expected_table() {
  std::string text;
  for (const auto& group : limit_groups()) {
    text += "\nOf " + std::string(group.about) +
            ":\n\n| flag | default | of what | beyond it | why |\n|---|---|---|---|---|\n";
    for (const auto& entry : group.entries) text += row_of(entry);
  }
  return text;
}

}  // namespace

TEST_CASE("the document on security shows each limit as the program has it") {
  std::ifstream file(SECURITY_DOCUMENT);
  REQUIRE(file);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::string begin = "<!-- limits -->\n";
  const auto from = text.find(begin);
  const auto to = text.find("\n<!-- end of limits -->");
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  CHECK(text.substr(from + begin.size(), to - from - begin.size()) == expected_table());
}

TEST_CASE("each limit has a flag and a field of its own") {
  std::set<std::string_view> flags;
  limits all{};
  std::size_t count = 0;
  for (const auto& group : limit_groups()) {
    for (const auto& entry : group.entries) {
      CHECK(flags.insert(entry.flag).second);
      all.*entry.value = 987'654'321 + count++;
    }
  }
  std::size_t seen = 0;
  for (const auto& group : limit_groups()) {
    for (const auto& entry : group.entries) CHECK(all.*entry.value == 987'654'321 + seen++);
  }
  CHECK(sizeof(limits) == count * sizeof(std::size_t));
}

TEST_CASE("limits are written in the largest unit that fits, and 0 as none") {
  CHECK(limit_text(0, limit_unit::bytes) == "none");
  CHECK(limit_text(128, limit_unit::bytes) == "128 B");
  CHECK(limit_text(2048, limit_unit::bytes) == "2 KiB");
  CHECK(limit_text(std::size_t{3} << 20, limit_unit::bytes) == "3 MiB");
  CHECK(limit_text(10'000, limit_unit::milliseconds) == "10 s");
  CHECK(limit_text(1'500, limit_unit::milliseconds) == "1500 ms");
  CHECK(limit_text(1'000, limit_unit::count) == "1000");
}

TEST_CASE("the variable of a limit is its flag in capitals") {
  CHECK(limit_groups().front().entries.front().variable() == "INNKEEPER_MESSAGE_BYTES");
}

TEST_CASE("a limit of 0 is never passed") {
  CHECK_FALSE(is_over(1'000'000, 0));
  CHECK_FALSE(is_over(5, 5));
  CHECK(is_over(6, 5));
}
