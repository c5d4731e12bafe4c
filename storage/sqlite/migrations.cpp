#include "storage/sqlite/migrations.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

#include "storage/sqlite/database.hpp"

namespace innkeeper::storage {

void migrate(SQLite::Database& connection, int from_version) {
  const auto all = migrations();
  if (static_cast<std::size_t>(from_version) == all.size()) return;
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  for (const auto& sql : all.subspan(static_cast<std::size_t>(from_version))) {
    connection.exec(std::string(sql));
  }
  connection.exec("PRAGMA application_id = " + std::to_string(application_id));
  connection.exec("PRAGMA user_version = " + std::to_string(all.size()));
  transaction.commit();
}

}  // namespace innkeeper::storage
