#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "health/monitor.hpp"
#include "storage/row_reader.hpp"
#include "storage/sqlite/database.hpp"

namespace SQLite {
class Exception;
}

/// Reads committed rows on its own read-only connection. Each loop has one, which stays on the
/// loop's thread. Reads are by primary key and take about 10 microseconds, less than a hop to
/// another thread.
namespace innkeeper::storage {

class object_reader final : public row_reader {
 public:
  static result<std::unique_ptr<object_reader>> open(
      const std::filesystem::path& file,
      std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>());
  ~object_reader() override;

  result<std::optional<stored_object>> find_object(std::string_view kind,
                                                   std::string_view name) override;
  result<std::optional<row>> get(const table& from, std::int64_t object, const row& key) override;
  result<void> visit(const table& from, std::int64_t object, const row_range& range,
                     const row_visitor& visitor) override;
  result<std::vector<due_alarm>> alarms_until(std::int64_t until_ms, std::size_t limit) override;

 private:
  struct connection;

  void begin_reads() override;
  void end_reads() override;
  void run(const char* command);
  storage_error fault(const SQLite::Exception& error) const;

  object_reader(std::unique_ptr<connection> opened, std::shared_ptr<health::monitor> health);

  std::unique_ptr<connection> connection_;
  std::shared_ptr<health::monitor> health_;
};

/// The largest number of any object so far, 0 if there is none. New objects are numbered from
/// there.
result<std::int64_t> last_object_number(database& file);
/// The last stored time of the server's own clock, in milliseconds.
std::int64_t server_clock_of(database& file);

}  // namespace innkeeper::storage
