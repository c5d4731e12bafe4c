// Some rooms with people in them who say everything that the protocol knows, by a seed. What a turn
// wants stored goes to whoever asks for it; a model of all rows goes along.
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
#include "tests/room/fake_view.hpp"

namespace SQLite {
class Database;
}

namespace innkeeper::testing {

/// All rows as text, table by table, so that a file and the model can be compared.
using row_dump = std::string;

row_dump dump(SQLite::Database& file);

class village {
 public:
  village(std::uint64_t seed, std::size_t rooms);

  /// One turn somewhere; only those that write something count. The batch is ready for the writer.
  storage::write_batch next_batch();
  /// What the file has to hold once all batches so far are stored.
  row_dump dump() const;

 private:
  struct house {
    std::unique_ptr<durable::durable_object> room;
    fake_view rows;
    bool created = false;
    std::int64_t alarm_ms = 0;
    std::uint64_t last_connection = 0;
  };

  room::room_message something();
  void remember(const storage::write_batch& batch);

  std::mt19937_64 random_;
  room::room_kind kind_{"a-signing-key-for-tests"};
  std::vector<house> houses_;
  std::size_t at_ = 0;
  std::int64_t now_ms_ = 1'700'000'000'000;
  std::map<std::string, std::string> rows_;
};

}  // namespace innkeeper::testing
