// Some rooms with people in them who say everything that the protocol can store, and some objects
// that keep keys and values, all with alarms that ring, by a seed. What a turn wants stored goes to
// whoever asks for it; a model of all rows goes along.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "actors/room/room_kind.hpp"
#include "storage/write_batch.hpp"
#include "tests/crash/key_value_object.hpp"
#include "tests/room/fake_view.hpp"

namespace SQLite {
class Database;
}

namespace innkeeper::storage {
class object_reader;
}

namespace innkeeper::testing {

/// All rows as text, table by table, so that a file and the model can be compared.
using row_dump = std::string;

row_dump dump(SQLite::Database& file);

class storage_workload {
 public:
  storage_workload(std::uint64_t seed, std::size_t objects);

  /// One turn somewhere; only those that write something count. The batch is ready for the writer.
  storage::write_batch next_batch();
  /// What the file has to hold once all batches so far are stored.
  row_dump dump() const;

  /// From here on it is kept in mind how things were, until settle() tells.
  void begin_round();
  /// Which of the round's batches, in their order, have been stored. Houses that lost one are as
  /// they were without it, and forget what only memory knew.
  void settle(const std::vector<bool>& stored);
  /// False if a reader sees other rows than are stored; true as well if it cannot read. Call it
  /// between rounds.
  bool agrees(storage::object_reader& reader, std::size_t with_house) const;

 private:
  struct house {
    std::unique_ptr<durable::durable_object> object;
    fake_view rows;
    bool created = false;
    std::int64_t alarm_ms = 0;
    std::uint64_t last_connection = 0;
    bool has_visitors = false;
    std::uint64_t instance = 0;
  };
  struct stored_rows {
    fake_view rows;
    bool created = false;
    std::int64_t alarm_ms = 0;
  };
  struct round {
    std::map<std::string, std::string> rows;
    std::map<std::size_t, stored_rows> objects;  // those that said something, as they were
    std::vector<storage::write_batch> batches;
  };

  const durable::object_kind& kind_of(std::size_t at) const;
  void move_in(std::size_t at);
  durable::effects turn_at(std::size_t at);
  room::room_message something();
  std::string words();
  void remember(const storage::write_batch& batch);

  std::mt19937_64 random_;
  room::room_kind rooms_;
  shelf_kind shelves_;
  std::vector<house> objects_;
  std::size_t at_ = 0;
  std::int64_t now_ms_ = 1'700'000'000'000;
  std::uint64_t next_instance_ = 1;
  std::map<std::string, std::string> rows_;
  std::unique_ptr<round> round_;
};

}  // namespace innkeeper::testing
