#include "tests/crash/storage_workload.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <optional>

#include "actors/room/room_tables.hpp"
#include "proto/digest.hpp"
#include "storage/sqlite/object_reader.hpp"
#include "tests/storage/listed_rows.hpp"
#include "tests/support/room_rules.hpp"

namespace innkeeper::testing {
namespace {

constexpr const char* signing_key = "a-signing-key-for-tests";
/// So short that sessions are forgotten while the village talks.
constexpr std::int64_t session_ttl_ms = 100'000;
/// Every so many houses one keeps keys and values.
constexpr std::size_t houses_per_shelf = 4;

const storage::table values{"object_values", {"key"}, {"value"}};

const std::array<const storage::table*, 7> all_tables{&room::tables::states,
                                                      &room::tables::sessions,
                                                      &room::tables::tallies,
                                                      &room::tables::votes,
                                                      &room::tables::counters,
                                                      &room::tables::used_keys,
                                                      &values};

std::string name_of(std::size_t house) {
  return "house " + std::to_string(house);
}

bool is_shelf(std::size_t house) {
  return house % houses_per_shelf == houses_per_shelf - 1;
}

std::string text_of(const storage::value& v) {
  if (const auto* number = std::get_if<std::int64_t>(&v)) return std::to_string(*number) + "|";
  if (const auto* text = std::get_if<std::string>(&v)) return *text + "|";
  return "NULL|";
}

std::string text_of(const storage::row& columns) {
  std::string text;
  for (const auto& column : columns) text += text_of(column);
  return text;
}

std::string object_line(const std::string& name, std::int64_t alarm_ms) {
  return name + "|" + std::to_string(alarm_ms) + "|";
}

void dump_table(SQLite::Database& file, const std::string& name, const std::string& sql,
                std::map<std::string, std::string>& rows, int key_columns) {
  SQLite::Statement statement(file, sql);
  while (statement.executeStep()) {
    std::string key = name + "|";
    std::string value;
    for (int i = 0; i < statement.getColumnCount(); ++i) {
      const auto column = statement.getColumn(i);
      const auto text = (column.isNull() ? "NULL" : column.getString()) + "|";
      (i < key_columns ? key : value) += text;
    }
    rows[key] = value;
  }
}

row_dump joined(const std::map<std::string, std::string>& rows) {
  row_dump text;
  for (const auto& [key, value] : rows) text.append(key).append("=").append(value).append("\n");
  return text;
}

}  // namespace

row_dump dump(SQLite::Database& file) {
  std::map<std::string, std::string> rows;
  dump_table(file, "objects", "SELECT id, name, coalesce(alarm_ms, 0) FROM objects", rows, 1);
  for (const auto* table : all_tables) {
    std::string columns = "object";
    for (const auto& column : table->key) columns.append(", ").append(column);
    for (const auto& column : table->columns) columns.append(", ").append(column);
    dump_table(file, std::string(table->name),
               "SELECT " + columns + " FROM " + std::string(table->name), rows,
               1 + static_cast<int>(table->key.size()));
  }
  return joined(rows);
}

storage_workload::storage_workload(std::uint64_t seed, std::size_t objects)
    : random_(seed),
      rooms_(testing::rooms_with(room::admin_auth(signing_key), session_ttl_ms)),
      objects_(objects) {
  for (std::size_t i = 0; i < objects; ++i) move_in(i);
}

const durable::object_kind& storage_workload::kind_of(std::size_t at) const {
  if (is_shelf(at)) return shelves_;
  return rooms_;
}

/// A new instance that knows what is stored.
void storage_workload::move_in(std::size_t at) {
  auto& here = objects_[at];
  const auto& kind = kind_of(at);
  here.object = kind.make({&kind, name_of(at)});
  here.object->hydrate({now_ms_, here.rows}, {});
  here.instance = next_instance_++;
  here.has_visitors = false;
}

storage::write_batch storage_workload::next_batch() {
  for (;;) {
    at_ = random_() % objects_.size();
    now_ms_ += random_() % 50 == 0 ? 40'000 : 7;
    auto wanted = turn_at(at_);
    if (wanted.writes.empty() && !wanted.alarm) continue;
    auto& here = objects_[at_];
    if (round_) {
      round_->objects.try_emplace(at_, stored_rows{here.rows, here.created, here.alarm_ms});
    }
    auto batch = std::move(wanted.writes);
    batch.object = static_cast<std::int64_t>(at_) + 1;
    batch.instance = here.instance;
    if (!here.created) {
      batch.creation =
          storage::object_record{std::string(kind_of(at_).name()), name_of(at_), "00", 1};
    }
    if (wanted.alarm) batch.alarm = storage::alarm_write{wanted.alarm->due_ms, 0};
    remember(batch);
    if (round_) round_->batches.push_back(batch);
    return batch;
  }
}

row_dump storage_workload::dump() const {
  return joined(rows_);
}

void storage_workload::begin_round() {
  round_ = std::make_unique<round>();
  round_->rows = rows_;
}

void storage_workload::settle(const std::vector<bool>& stored) {
  const auto over = std::move(round_);
  if (std::find(stored.begin(), stored.end(), false) == stored.end()) return;
  rows_ = over->rows;
  for (auto& [at, was] : over->objects) {
    objects_[at].rows = std::move(was.rows);
    objects_[at].created = was.created;
    objects_[at].alarm_ms = was.alarm_ms;
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i]) remember(over->batches[i]);
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (!stored[i]) move_in(static_cast<std::size_t>(over->batches[i].object) - 1);
  }
}

bool storage_workload::agrees(storage::object_reader& reader, std::size_t with_house) const {
  const auto at = with_house % objects_.size();
  const auto& here = objects_[at];
  const auto number = static_cast<std::int64_t>(at) + 1;
  const auto found = reader.find_object(kind_of(at).name(), name_of(at));
  if (found && found->has_value() != here.created) return false;
  for (const auto* table : all_tables) {
    if (table == &values) continue;  // the runtime has a description of its own
    const auto read = listed(reader, *table, number, {});
    if (!read) continue;
    const auto known = here.rows.list(*table, {});
    const auto same = [](const storage::keyed_row& a, const storage::keyed_row& b) {
      return a.key == b.key && a.columns == b.columns;
    };
    if (!std::equal(read->begin(), read->end(), known.begin(), known.end(), same)) return false;
  }
  return true;
}

durable::effects storage_workload::turn_at(std::size_t at) {
  auto& here = objects_[at];
  std::optional<std::int64_t> alarm;
  if (here.alarm_ms != 0) alarm = here.alarm_ms;
  const durable::turn now{now_ms_, here.rows, alarm};
  if (alarm && *alarm <= now_ms_) {
    auto wanted = here.object->on_alarm(now);
    if (!wanted.alarm) wanted.alarm = durable::alarm_change{};
    return wanted;
  }
  durable::object_message message =
      is_shelf(at) ? durable::object_message("key " + std::to_string(random_() % 40))
                   : durable::object_message(something());
  return here.object->handle(message, now);
}

room::room_message storage_workload::something() {
  auto& here = objects_[at_];
  const auto facts = std::make_shared<const room::connection_facts>(
      room::connection_facts{"session " + std::to_string(random_() % 5), "{}"});
  const auto pick = here.has_visitors ? random_() % 10 : 0;
  here.has_visitors = true;
  if (pick == 0) return room::connection_opened{++here.last_connection, facts, nullptr};
  const auto connection = 1 + random_() % here.last_connection;
  if (pick == 1) return room::connection_closed{connection, facts, true};
  if (pick == 2) return room::keepalive{facts};
  auto parsed = room::parse_client_message(words(), proto::limits());
  return room::client_message_received{connection, facts, proto::role::admin,
                                       std::get<room::client_message>(std::move(parsed))};
}

std::string storage_workload::words() {
  const auto who = std::to_string(random_() % 5);
  const auto n = std::to_string(random_() % 4);
  const auto now = std::to_string(now_ms_);
  const std::array<std::string, 8> all{
      R"({"type":"poll","data":{"id":"p)" + n + R"(","answer":"a)" + who + R"("}})",
      R"({"type":"counter","data":{"id":"c)" + n + R"(","value":0.1}})",
      R"({"type":"login","data":{"name":"n)" + n + R"(","_secret":"xxxxxxxxxxxxxxxxxxxxxxxx"}})",
      R"({"type":"subscribe","data":"event)" + n + R"("})",
      R"({"type":"unsubscribe","data":"event)" + n + R"("})",
      R"({"type":"authenticate","data":{"ts":)" + now + R"(,"key":")" +
          proto::sha256_hex(name_of(at_) + now + signing_key) + R"("}})",
      R"({"type":"config","data":")" + std::string(random_() % 600, 'c') + now + R"("})",
      R"({"type":"counter"})"};
  return all[random_() % all.size()];
}

void storage_workload::remember(const storage::write_batch& batch) {
  const auto at = static_cast<std::size_t>(batch.object) - 1;
  auto& here = objects_[at];
  here.rows.apply(batch);
  here.created = true;
  if (batch.alarm) here.alarm_ms = batch.alarm->due_ms.value_or(0);
  const auto object = std::to_string(batch.object) + "|";
  rows_["objects|" + object] = object_line(name_of(at), here.alarm_ms);
  for (const auto& write : batch.writes) {
    const auto key = std::string(write.into->name) + "|" + object + text_of(write.key);
    if (write.columns) {
      rows_[key] = text_of(*write.columns);
    } else {
      rows_.erase(key);
    }
  }
}

}  // namespace innkeeper::testing
