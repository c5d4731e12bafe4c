#include "actors/durable/key_value.hpp"

#include <catch2/catch.hpp>

#include "actors/durable/pending_writes.hpp"
#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/object_reader.hpp"
#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;
using durable::key_value;

namespace {

/// One object's storage on a real file, a turn at a time.
class store {
 public:
  template <class F>
  auto in_one_turn(F use) {
    durable::effects wanted;
    const durable::overlaid_view view(*reader_, 1, pending_);
    key_value values({0, view}, wanted);
    auto result = use(values);
    commit(std::move(wanted));
    return result;
  }

 private:
  void commit(durable::effects wanted) {
    auto batch = std::move(wanted.writes);
    const auto origin = testing::first_batch(1);
    batch.object = 1;
    batch.instance = 1;
    batch.creation = origin.creation;
    REQUIRE(testing::write(writer_, std::move(batch)) == storage::commit_outcome::committed);
  }

  testing::temporary_directory folder_;
  storage::group_writer writer_{testing::open_with_notes(folder_.path() / "rooms.db"), {}};
  std::unique_ptr<storage::object_reader> reader_ =
      std::move(*storage::object_reader::open(folder_.path() / "rooms.db"));
  durable::pending_writes pending_;
};

std::string keys(const std::vector<key_value::entry>& entries) {
  std::string text;
  for (const auto& entry : entries) text += entry.key + " ";
  return text;
}

}  // namespace

TEST_CASE("key-value storage keeps what was put, over turns") {
  store s;
  CHECK(s.in_one_turn([](key_value& v) { return v.put("a", "1"); }));
  CHECK(s.in_one_turn([](key_value& v) { return v.get("a"); }) == "1");
  CHECK_FALSE(s.in_one_turn([](key_value& v) { return v.get("b"); }).has_value());
}

TEST_CASE("key-value storage sees its own turn's changes") {
  store s;
  s.in_one_turn([](key_value& v) { return v.put("a", "1") && v.put("b", "2"); });
  s.in_one_turn([](key_value& v) {
    CHECK(v.put("a", "3"));
    v.erase("b");
    CHECK(v.put("c", "4"));
    CHECK(v.get("a") == "3");
    CHECK_FALSE(v.get("b").has_value());
    CHECK(keys(v.list()) == "a c ");
    return true;
  });
  CHECK(s.in_one_turn([](key_value& v) { return keys(v.list()); }) == "a c ");
}

TEST_CASE("key-value storage lists by prefix, in order, page by page") {
  store s;
  s.in_one_turn([](key_value& v) {
    for (const auto* key : {"user:2", "user:1", "user:3", "userx", "team:1"}) CHECK(v.put(key, ""));
    return true;
  });
  s.in_one_turn([](key_value& v) {
    CHECK(keys(v.list("user:")) == "user:1 user:2 user:3 ");
    CHECK(keys(v.list("user:", 2)) == "user:1 user:2 ");
    CHECK(keys(v.list("user:", 2, "user:2")) == "user:3 ");
    CHECK(keys(v.list("", 2)) == "team:1 user:1 ");
    v.erase("user:1");
    CHECK(keys(v.list("user:", 2)) == "user:2 user:3 ");
    return true;
  });
}

TEST_CASE("key-value storage refuses keys and values over their limits") {
  store s;
  s.in_one_turn([](key_value& v) {
    CHECK(v.put(std::string(key_value::key_bytes_max, 'k'), ""));
    CHECK_FALSE(v.put(std::string(key_value::key_bytes_max + 1, 'k'), ""));
    CHECK_FALSE(v.put("", "x"));
    CHECK(v.put("v", std::string(key_value::value_bytes_max, 'v')));
    CHECK_FALSE(v.put("v", std::string(key_value::value_bytes_max + 1, 'w')));
    CHECK(v.get("v") == std::string(key_value::value_bytes_max, 'v'));
    return true;
  });
}
