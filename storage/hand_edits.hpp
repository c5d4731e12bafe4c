#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What somebody has changed in the file with another program while the server runs. Triggers of
/// the file note it in the table `hand_edits`; the server's own connections have triggers off.
/// Values: any thread.
namespace innkeeper::storage {

struct hand_edit {
  /// The object's number, which may be gone.
  std::int64_t object = 0;
  /// "object" (made, deleted or renamed), "config", "session", "poll", "counter" or "value".
  std::string what;
  /// Of the session, poll, counter or value; else empty.
  std::string name;

  friend bool operator==(const hand_edit&, const hand_edit&) = default;
};

/// In the order of their objects.
using hand_edits = std::vector<hand_edit>;

/// What the writer tells of edits that it has found.
struct found_edits {
  hand_edits all;
  /// The number of the first live instance that has been hydrated after them: earlier ones know
  /// nothing of them, and what they submit is refused.
  std::uint64_t first_sound = 0;
  /// The largest number that an object has had.
  std::int64_t last_object = 0;
};

}  // namespace innkeeper::storage
