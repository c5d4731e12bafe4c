#pragma once

#include <span>
#include <string_view>

namespace SQLite {
class Database;
}

/// The files of migrations/, built into the binary, and their application. Only the thread that
/// opens the database calls this.
namespace innkeeper::storage {

/// The text of migrations/0001_....sql and so on, in order. Number n brings the file to
/// user_version n.
std::span<const std::string_view> migrations();

/// Applies, in one transaction, what the file does not have yet. Throws SQLite::Exception.
void migrate(SQLite::Database& connection, int from_version);

}  // namespace innkeeper::storage
