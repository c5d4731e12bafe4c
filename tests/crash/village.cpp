#include "tests/crash/village.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>

#include "actors/room/room_tables.hpp"
#include "proto/admin_key.hpp"

namespace innkeeper::testing {
namespace {

const std::array<const storage::table*, 6> all_tables{
    &room::tables::states, &room::tables::sessions, &room::tables::tallies,
    &room::tables::votes,  &room::tables::counters, &room::tables::used_keys};

std::string name_of(std::size_t house) {
  return "room " + std::to_string(house);
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

village::village(std::uint64_t seed, std::size_t rooms) : random_(seed), houses_(rooms) {
  for (std::size_t i = 0; i < rooms; ++i) {
    houses_[i].room = kind_.make({"room", name_of(i)});
    houses_[i].room->hydrate({now_ms_, houses_[i].rows}, {});
  }
}

storage::write_batch village::next_batch() {
  for (;;) {
    at_ = random_() % houses_.size();
    now_ms_ += 7;
    auto& here = houses_[at_];
    durable::object_message message = something();
    std::optional<std::int64_t> alarm;
    if (here.alarm_ms != 0) alarm = here.alarm_ms;
    auto wanted = here.room->handle(message, {now_ms_, here.rows, alarm});
    if (wanted.writes.empty()) continue;
    auto batch = std::move(wanted.writes);
    batch.object = static_cast<std::int64_t>(at_) + 1;
    batch.instance = at_ + 1;
    if (!here.created) batch.creation = storage::object_record{"room", name_of(at_), "00", 1};
    here.created = true;
    if (wanted.alarm) {
      batch.alarm = storage::alarm_write{wanted.alarm->due_ms, 0};
      here.alarm_ms = wanted.alarm->due_ms.value_or(0);
    }
    remember(batch);
    return batch;
  }
}

row_dump village::dump() const {
  return joined(rows_);
}

room::room_message village::something() {
  auto& here = houses_[at_];
  const auto who = std::to_string(random_() % 5);
  const auto facts = std::make_shared<const room::connection_facts>(
      room::connection_facts{"session " + who, "{}"});
  const auto connection = 1 + random_() % 5;
  const auto n = std::to_string(random_() % 4);
  const auto pick = here.last_connection == 0 ? 0 : random_() % 10;
  if (pick == 0) return room::join{++here.last_connection, facts};
  if (pick == 1) return room::leave{connection, facts, true};
  const auto now = std::to_string(now_ms_);
  const std::array<std::string, 8> words{
      R"({"type":"poll","data":{"id":"p)" + n + R"(","answer":"a)" + who + R"("}})",
      R"({"type":"counter","data":{"id":"c)" + n + R"(","value":0.1}})",
      R"({"type":"login","data":{"name":"n)" + n + R"(","_secret":"xxxxxxxxxxxxxxxxxxxxxxxx"}})",
      R"({"type":"subscribe","data":"event)" + n + R"("})",
      R"({"type":"unsubscribe","data":"event)" + n + R"("})",
      R"({"type":"authenticate","data":{"ts":)" + now + R"(,"key":")" +
          proto::sha256_hex(name_of(at_) + now + "a-signing-key-for-tests") + R"("}})",
      R"({"type":"config","data":")" + std::string(random_() % 600, 'c') + now + R"("})",
      R"({"type":"counter"})"};
  const auto& text = words[random_() % words.size()];
  auto parsed = proto::parse_client_message(text);
  return room::said{connection, facts, proto::role::admin,
                    std::get<proto::client_message>(std::move(parsed))};
}

void village::remember(const storage::write_batch& batch) {
  auto& here = houses_[at_];
  here.rows.apply(batch);
  const auto object = std::to_string(batch.object) + "|";
  rows_["objects|" + object] = object_line(name_of(at_), here.alarm_ms);
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
