#pragma once

#include <optional>
#include <set>
#include <stdexcept>
#include <string>

#include "actors/durable/durable_object.hpp"

/// For tests of a kind: rows that are not here at first, as on a server that fetches them from
/// elsewhere. Then a turn that changes something before its last read does so twice. Not
/// thread-safe.
namespace innkeeper::testing {

/// The rows of another view. Each read throws rows_not_here the first time. A visit throws after it
/// has passed the first row.
class late_rows final : public durable::object_view {
 public:
  /// `rows` has to outlive this.
  explicit late_rows(const durable::object_view& rows) : rows_(rows) {}

  std::optional<storage::row> get(const storage::table& from,
                                  const storage::row& key) const override;
  void visit(const storage::table& from, const storage::row_range& range,
             const storage::row_visitor& visitor) const override;

 private:
  bool is_here(const std::string& what) const { return !asked_.insert(what).second; }

  const durable::object_view& rows_;
  mutable std::set<std::string> asked_;
};

/// Runs a turn on late rows until all its reads succeed, and returns its result. `turn` receives
/// the view to read from. Throws std::logic_error after 10,000 tries.
template <class Turn>
auto with_late_rows(const durable::object_view& rows, const Turn& turn) {
  constexpr int tries_max = 10'000;
  const late_rows late(rows);
  for (int tries = 0; tries < tries_max; ++tries) {
    try {
      return turn(static_cast<const durable::object_view&>(late));
    } catch (const durable::rows_not_here&) {
      continue;
    }
  }
  throw std::logic_error("A turn never stops asking for other rows.");
}

}  // namespace innkeeper::testing
