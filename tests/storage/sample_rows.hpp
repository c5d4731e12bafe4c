// A table that only tests know, in a file that is otherwise the real one.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <future>
#include <string>
#include <utility>

#include "storage/batch_writer.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/table.hpp"

namespace innkeeper::testing {

inline const storage::table notes{"notes", {"topic", "title"}, {"stars", "text"}};

inline void make_notes_table(storage::database& file) {
  file.connection().exec(
      "CREATE TABLE IF NOT EXISTS notes (object INTEGER NOT NULL REFERENCES objects (id),"
      " topic TEXT NOT NULL, title TEXT NOT NULL, stars INTEGER CHECK (stars < 10), text TEXT,"
      " PRIMARY KEY (object, topic, title)) STRICT, WITHOUT ROWID");
}

inline storage::database open_with_notes(const std::filesystem::path& file) {
  auto opened = storage::database::open(file);
  if (!opened) throw std::runtime_error(opened.error().sentence);
  make_notes_table(*opened);
  return std::move(*opened);
}

/// A batch of a new object's first turn.
inline storage::write_batch first_batch(std::int64_t object, std::uint64_t instance = 1) {
  storage::write_batch batch;
  batch.object = object;
  batch.instance = instance;
  batch.creation = storage::object_record{"notebook", "object " + std::to_string(object), "00", 1};
  return batch;
}

inline void put_note(storage::write_batch& into, const std::string& topic, const std::string& title,
                     std::int64_t stars, const std::string& text = "") {
  into.put(notes, {topic, title}, {stars, text});
}

/// Waits until the writer has said what became of the batch.
inline storage::commit_outcome write(storage::batch_writer& writer, storage::write_batch batch) {
  std::promise<storage::commit_outcome> outcome;
  writer.submit(std::move(batch), [&](storage::commit_outcome o) { outcome.set_value(o); });
  return outcome.get_future().get();
}

}  // namespace innkeeper::testing
