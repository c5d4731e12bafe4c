#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/output_gate.hpp"

/// An object's rows that are on their way to disk, and the view that lays them over the committed
/// ones: two votes of one session inside one uncommitted window must count once. On the object's
/// loop.
namespace innkeeper::durable {

class pending_writes {
 public:
  void add(batch_number number, const storage::write_batch& batch);
  /// Batches up to `number` are on disk and can be read from there.
  void forget(batch_number number);
  void clear();
  std::size_t size() const { return rows_.size(); }

  struct pending_row {
    batch_number number;
    /// Nothing: erased.
    std::optional<storage::row> columns;
  };

  /// Null if nothing is pending for this row.
  const pending_row* find(const storage::table& table, const storage::row& key) const;

  /// Lays what is pending in this range over `committed`.
  void overlay(const storage::table& table, const storage::row_range& range,
               std::map<storage::row, storage::row>& committed) const;

 private:
  using rows = std::map<std::pair<const storage::table*, storage::row>, pending_row>;

  rows rows_;
  /// Each batch's rows, the earliest batch first: so that to forget one costs what it has written,
  /// however much else is pending.
  std::list<std::pair<batch_number, rows::iterator>> by_batch_;
};

/// What a turn reads: committed rows under pending ones. `object` is nothing while the object has
/// never stored anything.
class overlaid_view final : public object_view {
 public:
  overlaid_view(storage::row_reader& reader, std::optional<std::int64_t> object,
                const pending_writes& pending)
      : reader_(reader), object_(object), pending_(pending) {}

  std::optional<storage::row> get(const storage::table& from,
                                  const storage::row& key) const override;
  std::vector<storage::keyed_row> list(const storage::table& from,
                                       const storage::row_range& range) const override;

 private:
  std::vector<storage::keyed_row> committed(const storage::table& from,
                                            const storage::row_range& range) const;

  storage::row_reader& reader_;
  std::optional<std::int64_t> object_;
  const pending_writes& pending_;
};

}  // namespace innkeeper::durable
