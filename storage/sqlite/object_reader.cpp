#include "storage/sqlite/object_reader.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cerrno>
#include <utility>

#include "storage/sqlite/failure_report.hpp"
#include "storage/sqlite/row_statements.hpp"

namespace innkeeper::storage {
namespace {

/// In WAL mode readers wait only briefly, while another process opens or closes the file.
constexpr int busy_max_ms = 100;

storage_error read_error(const SQLite::Exception& error) {
  return {sentence_of("Cannot read the database", error.what())};
}

void look_at_columns(const statement& found, std::vector<value_view>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i] = found.value_at(static_cast<int>(i));
  }
}

/// Ends the statement's read transaction on every exit path, because an open one holds up
/// checkpoints.
class reset_at_end {
 public:
  explicit reset_at_end(statement& used) : used_(used) {}
  ~reset_at_end() { used_.reset(); }
  reset_at_end(const reset_at_end&) = delete;
  reset_at_end& operator=(const reset_at_end&) = delete;

 private:
  statement& used_;
};

}  // namespace

/// Only one thread at a time uses it, so SQLite need not lock per column.
struct object_reader::connection {
  explicit connection(const std::filesystem::path& file)
      : database(file.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, busy_max_ms),
        statements(database) {
    sqlite3_extended_result_codes(database.getHandle(), 1);
  }

  SQLite::Database database;
  statement_cache statements;
};

object_reader::object_reader(std::unique_ptr<connection> opened,
                             std::shared_ptr<health::monitor> health)
    : connection_(std::move(opened)), health_(std::move(health)) {}
object_reader::~object_reader() = default;

result<std::unique_ptr<object_reader>> object_reader::open(
    const std::filesystem::path& file, std::shared_ptr<health::monitor> health) {
  try {
    return std::unique_ptr<object_reader>(
        new object_reader(std::make_unique<connection>(file), std::move(health)));
  } catch (const SQLite::Exception& error) {
    auto sentence = sentence_of("Cannot open " + quoted_path(file) + " for reading", error.what());
    const bool lacks_descriptors = errno == EMFILE || errno == ENFILE;
    if (lacks_descriptors) sentence += " Raise the limit on open files (ulimit -n, LimitNOFILE=).";
    return storage_error{std::move(sentence)};
  }
}

storage_error object_reader::fault(const SQLite::Exception& error) const {
  report_failure(*health_, error, connection_->database.getHandle(), "reading the file");
  return read_error(error);
}

result<std::optional<stored_object>> object_reader::find_object(std::string_view kind,
                                                                std::string_view name) {
  try {
    auto& find = connection_->statements.prepared(
        "SELECT id, alarm_ms, alarm_attempt FROM objects WHERE kind = ? AND name = ?");
    find.bind(kind).bind(name);
    const reset_at_end after(find);
    std::optional<stored_object> found;
    if (find.step()) {
      found = stored_object{find.integer_at(0), std::nullopt, find.integer_at(2)};
      if (!find.is_null(1)) found->alarm_ms = find.integer_at(1);
    }
    return found;
  } catch (const SQLite::Exception& error) {
    return fault(error);
  }
}

result<std::optional<row>> object_reader::get(const table& from, std::int64_t object,
                                              const row& key) {
  try {
    auto& wanted = connection_->statements.prepared_get(from);
    const reset_at_end after(wanted);
    wanted.bind(object).bind(key);
    if (!wanted.step()) return std::optional<row>();
    std::vector<value_view> columns(from.columns.size());
    look_at_columns(wanted, columns);
    return std::optional(row_from(columns));
  } catch (const SQLite::Exception& error) {
    return fault(error);
  }
}

result<void> object_reader::visit(const table& from, std::int64_t object, const row_range& range,
                                  const row_visitor& visitor) {
  try {
    auto& wanted = connection_->statements.prepared_list(from, range);
    const reset_at_end after(wanted);
    wanted.bind(object).bind(range.prefix);
    const auto end = end_of_prefix(range.begins_with);
    if (!range.begins_with.empty()) wanted.bind(range.begins_with).bind(end);
    if (range.after) wanted.bind(*range.after);
    wanted.bind(static_cast<std::int64_t>(range.limit));
    std::vector<value_view> columns(from.key.size() + from.columns.size());
    const auto all = row_view(columns);
    while (wanted.step()) {
      look_at_columns(wanted, columns);
      visitor(all.first(from.key.size()), all.subspan(from.key.size()));
    }
    return {};
  } catch (const SQLite::Exception& error) {
    return fault(error);
  }
}

void object_reader::begin_reads() {
  run("BEGIN");
}

/// A transaction that stayed open would read the same old state forever.
void object_reader::end_reads() {
  run("COMMIT");
  const bool has_ended = sqlite3_get_autocommit(connection_->database.getHandle()) != 0;
  if (!has_ended) run("ROLLBACK");
}

/// A failed command is ignored: later reads report the reason.
void object_reader::run(const char* command) {
  try {
    auto& statement = connection_->statements.prepared(command);
    statement.step();
    statement.reset();
  } catch (const SQLite::Exception&) {
  }
}

result<std::vector<due_alarm>> object_reader::alarms_until(std::int64_t until_ms,
                                                           std::size_t limit) {
  try {
    auto& due = connection_->statements.prepared(
        "SELECT kind, name, alarm_ms FROM objects WHERE alarm_ms <= ? ORDER BY alarm_ms LIMIT ?");
    due.bind(until_ms).bind(static_cast<std::int64_t>(limit));
    const reset_at_end after(due);
    std::vector<due_alarm> alarms;
    while (due.step()) {
      alarms.push_back(
          {std::string(due.text_at(0)), std::string(due.text_at(1)), due.integer_at(2)});
    }
    return alarms;
  } catch (const SQLite::Exception& error) {
    return fault(error);
  }
}

result<std::int64_t> last_object_number(database& file) {
  try {
    return file.connection().execAndGet("SELECT number FROM last_object").getInt64();
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

std::int64_t server_clock_of(database& file) {
  try {
    return file.connection().execAndGet("SELECT ms FROM server_clock").getInt64();
  } catch (const SQLite::Exception&) {
    return 0;  // the clock restarts: sessions will seem younger than they are
  }
}

}  // namespace innkeeper::storage
