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

void bind_key(SQLite::Statement& statement, std::int64_t object, const row& key) {
  int index = 0;
  statement.bind(++index, object);
  for (const auto& part : key) bind_value(statement, ++index, part);
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

result<std::optional<std::int64_t>> object_reader::find_object(std::string_view kind,
                                                               std::string_view name) {
  try {
    auto& statement =
        connection_->statements.prepared("SELECT id FROM objects WHERE kind = ? AND name = ?");
    statement.bind(1, std::string(kind));
    statement.bind(2, std::string(name));
    std::optional<std::int64_t> number;
    if (statement.executeStep()) number = statement.getColumn(0).getInt64();
    statement.reset();  // ends the read transaction, which would hold up checkpoints
    return number;
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
                                                   const row& prefix, std::size_t limit) {
  try {
    auto& statement = connection_->statements.prepared(list_sql(from, prefix.size()));
    bind_key(statement, object, prefix);
    statement.bind(static_cast<int>(prefix.size()) + 2, static_cast<std::int64_t>(limit));
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

result<std::int64_t> last_object_number(database& file) {
  try {
    return file.connection().execAndGet("SELECT coalesce(max(id), 0) FROM objects").getInt64();
  } catch (const SQLite::Exception& error) {
    return read_error(error);
  }
}

}  // namespace innkeeper::storage
