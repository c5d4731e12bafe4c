#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"
#include "actors/durable/output_gate.hpp"

/// An object's rows that are on their way to disk, and the view that lays them over the committed
/// ones: two votes of one session inside one uncommitted window must count once. On the object's
/// loop.
namespace innkeeper::durable {

/// What an object's read throws in place of the reader's error: read_failure or rows_not_here.
[[noreturn]] void throw_as_exception(const storage::storage_error& error);

class pending_writes {
 public:
  void add(batch_number number, storage::batch_ptr batch);
  /// Batches up to `number` are on disk and can be read from there.
  void forget(batch_number number);
  void clear();
  bool empty() const { return batches_.empty(); }
  /// How many rows wait for the disk.
  std::size_t row_count();

  /// What was written last of what is pending for this row; null if nothing is. Holds until forget.
  const storage::row_write* find(const storage::table& table, const storage::row& key);

  /// Lays what is pending in this range over `committed`.
  void overlay(const storage::table& table, const storage::row_range& range,
               std::map<storage::row, storage::row>& committed);

 private:
  struct pending_batch {
    batch_number number;
    storage::batch_ptr batch;
  };
  struct newest_write {
    batch_number number;
    const storage::row_write* write;
  };
  /// A row's place among all others. The key is one that a pending write holds, or a reader's.
  struct place {
    const storage::table* of;
    const storage::row* key;

    friend bool operator<(const place& a, const place& b) {
      return a.of != b.of ? std::less<>()(a.of, b.of) : *a.key < *b.key;
    }
  };

  void index();
  void index(batch_number number, const storage::row_write& write);
  void unindex(batch_number number, const storage::row_write& write);

  fifo<pending_batch> batches_;
  /// The newest write of each row, of the first batches only: most objects that write do not read
  /// what they have written, and need no index.
  std::map<place, newest_write> newest_;
  std::size_t indexed_batches_ = 0;
};

/// What a turn reads: committed rows under pending ones. `object` is nothing while the object has
/// never stored anything.
class overlaid_view final : public object_view {
 public:
  overlaid_view(storage::row_reader& reader, std::optional<std::int64_t> object,
                pending_writes& pending)
      : reader_(reader), object_(object), pending_(pending) {}

  std::optional<storage::row> get(const storage::table& from,
                                  const storage::row& key) const override;
  void visit(const storage::table& from, const storage::row_range& range,
             const storage::row_visitor& visitor) const override;

 private:
  void visit_overlaid(const storage::table& from, const storage::row_range& range,
                      const storage::row_visitor& visitor) const;
  void visit_committed(const storage::table& from, const storage::row_range& range,
                       const storage::row_visitor& visitor) const;

  void check_not_visiting() const;

  storage::row_reader& reader_;
  std::optional<std::int64_t> object_;
  pending_writes& pending_;
  /// Rows are being shown.
  mutable bool visiting_ = false;
};

}  // namespace innkeeper::durable
