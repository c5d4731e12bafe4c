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

/// An object's writes that are not on disk yet, and the view that lays them over committed rows. A
/// turn needs both: two votes of one session before a commit must count once. On the object's loop.
namespace innkeeper::durable {

/// Throws read_failure or rows_not_here for a reader's error.
[[noreturn]] void throw_as_exception(const storage::storage_error& error);

class pending_writes {
 public:
  void add(batch_number number, storage::batch_ptr batch);
  /// Batches up to `number` are on disk; reads find them there.
  void forget(batch_number number);
  void clear();
  bool empty() const { return batches_.empty(); }
  /// Number of distinct rows with a pending write.
  std::size_t row_count();

  /// The newest pending write of this row; null if there is none. Valid until forget() or clear().
  const storage::row_write* find(const storage::table& table, const storage::row& key);

  /// Applies the pending writes in this range to `committed`.
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
  /// A row's position in the index. `key` points into a pending write, or to a reader's argument.
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
  /// The newest write of each row in the first `indexed_batches_` batches. The index is built on
  /// the first read: most objects never read their pending writes.
  std::map<place, newest_write> newest_;
  std::size_t indexed_batches_ = 0;
};

/// What a turn reads: committed rows under pending ones. `object` is nothing if the object has
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
  /// A visit is under way.
  mutable bool visiting_ = false;
};

}  // namespace innkeeper::durable
