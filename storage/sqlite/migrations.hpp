#pragma once

#include <span>
#include <string_view>

namespace SQLite {
class Database;
}

/// Applies the files of migrations/, which are built into the binary. Only the thread that opens
/// the database calls this.
namespace innkeeper::storage {

/// The text of migrations/0001_....sql and so on, in order. Number n brings the file to
/// user_version n.
std::span<const std::string_view> migrations();

/// Applies the migrations that the file lacks, in one transaction. Throws SQLite::Exception.
void migrate(SQLite::Database& connection, int from_version);

}  // namespace innkeeper::storage
