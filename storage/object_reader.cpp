#include "storage/object_reader.hpp"

#include <sqlite3.h>

#include "storage/row_statements.hpp"

namespace innkeeper::storage {
namespace {

/// Readers wait for nobody in WAL mode, except for a moment while another process opens or closes
/// the file.
constexpr int busy_max_ms = 100;

storage_error read_error(const SQLite::Exception& error) {
  return {std::string("Cannot read the database: ") + error.what() + "."};
}

/// Gives the index of the last parameter that it has bound.
int bind_key(SQLite::Statement& statement, std::int64_t object, const row& key) {
  int index = 0;
  statement.bind(++index, object);
  for (const auto& part : key) bind_value(statement, ++index, part);
  return index;
}

void bind_range(SQLite::Statement& statement, std::int64_t object, const row_range& range) {
  int index = bind_key(statement, object, range.prefix);
  if (!range.begins_with.empty()) {
    statement.bind(++index, range.begins_with);
    statement.bind(++index, end_of_prefix(range.begins_with));
  }
  if (range.after) statement.bind(++index, *range.after);
  statement.bind(++index, static_cast<std::int64_t>(range.limit));
}

row columns_from(const SQLite::Statement& statement, int first, std::size_t count) {
  row columns;
  columns.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    columns.push_back(column_value(statement, first + static_cast<int>(i)));
  }
  return columns;
}

}  // namespace

struct object_reader::connection {
  explicit connection(const std::filesystem::path& file)
      : database(file.string(), SQLite::OPEN_READONLY, busy_max_ms), statements(database) {}

  SQLite::Database database;
  statement_cache statements;
};

object_reader::object_reader(std::unique_ptr<connection> opened) : connection_(std::move(opened)) {}
object_reader::~object_reader() = default;

result<std::unique_ptr<object_reader>> object_reader::open(const std::filesystem::path& file) {
  try {
    return std::unique_ptr<object_reader>(new object_reader(std::make_unique<connection>(file)));
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

result<std::optional<stored_object>> object_reader::find_object(std::string_view kind,
                                                                std::string_view name) {
  try {
    auto& statement = connection_->statements.prepared(
        "SELECT id, alarm_ms, alarm_attempt FROM objects WHERE kind = ? AND name = ?");
    statement.bind(1, std::string(kind));
    statement.bind(2, std::string(name));
    std::optional<stored_object> found;
    if (statement.executeStep()) {
      found = stored_object{statement.getColumn(0).getInt64(), std::nullopt,
                            statement.getColumn(2).getInt64()};
      if (!statement.isColumnNull(1)) found->alarm_ms = statement.getColumn(1).getInt64();
    }
    statement.reset();  // ends the read transaction, which would hold up checkpoints
    return found;
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

result<std::optional<row>> object_reader::get(const table& from, std::int64_t object,
                                              const row& key) {
  try {
    auto& statement = connection_->statements.prepared(get_sql(from));
    bind_key(statement, object, key);
    std::optional<row> found;
    if (statement.executeStep()) found = columns_from(statement, 0, from.columns.size());
    statement.reset();
    return found;
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

result<std::vector<keyed_row>> object_reader::list(const table& from, std::int64_t object,
                                                   const row_range& range) {
  try {
    auto& statement = connection_->statements.prepared(list_sql(from, range));
    bind_range(statement, object, range);
    std::vector<keyed_row> rows;
    while (statement.executeStep()) {
      rows.push_back(
          {columns_from(statement, 0, from.key.size()),
           columns_from(statement, static_cast<int>(from.key.size()), from.columns.size())});
    }
    statement.reset();
    return rows;
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

result<std::vector<due_alarm>> object_reader::alarms_until(std::int64_t until_ms,
                                                           std::size_t limit) {
  try {
    auto& statement = connection_->statements.prepared(
        "SELECT kind, name, alarm_ms FROM objects WHERE alarm_ms <= ? ORDER BY alarm_ms LIMIT ?");
    statement.bind(1, until_ms);
    statement.bind(2, static_cast<std::int64_t>(limit));
    std::vector<due_alarm> alarms;
    while (statement.executeStep()) {
      alarms.push_back({statement.getColumn(0).getString(), statement.getColumn(1).getString(),
                        statement.getColumn(2).getInt64()});
    }
    statement.reset();
    return alarms;
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

result<std::int64_t> last_object_number(database& file) {
  try {
    return file.connection().execAndGet("SELECT coalesce(max(id), 0) FROM objects").getInt64();
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

}  // namespace innkeeper::storage
