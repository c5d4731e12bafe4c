#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Changes that another program made in the file while the server runs. Triggers of the file record
/// them in the table `hand_edits`; the server's own connections disable triggers. Values: any
/// thread.
namespace innkeeper::storage {

struct hand_edit {
  /// The object's number; the object may have been deleted.
  std::int64_t object = 0;
  /// "object" (made, deleted or renamed), "config", "session", "poll", "counter" or "value".
  std::string what;
  /// The name of the session, poll, counter or value; else empty.
  std::string name;

  friend bool operator==(const hand_edit&, const hand_edit&) = default;
};

/// Ordered by object.
using hand_edits = std::vector<hand_edit>;

/// The edits that the writer has found.
struct found_edits {
  hand_edits all;
  /// Instances with a lower number were hydrated before these edits. The writer refuses their
  /// batches.
  std::uint64_t first_sound = 0;
  /// The largest number of any object so far.
  std::int64_t last_object = 0;
};

}  // namespace innkeeper::storage
