// Failures of the operating system beneath SQLite, one at a chosen call. They are put where the
// system is entered (pread64, pwrite64, ftruncate64, open64, fdatasync, malloc), so that SQLite's
// own unix VFS is tested too: what it makes of a short write, which errors it tells apart. Any
// thread may run into them; arming and healing is for one.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace innkeeper::testing {

enum class fault {
  read_error,        // EIO
  read_ends_early,   // half of what was asked for, then nothing, as at the end
  write_error,       // EIO
  disk_full,         // ENOSPC
  short_write,       // half of it is written, then ENOSPC
  partial_transfer,  // half of it is read or written, as the system may do at any time
  sync_error,        // EIO
  truncate_error,    // EIO
  open_error,        // EMFILE
  out_of_memory,
};

inline constexpr std::array all_faults{
    fault::read_error,  fault::read_ends_early,  fault::write_error, fault::disk_full,
    fault::short_write, fault::partial_transfer, fault::sync_error,  fault::truncate_error,
    fault::open_error,  fault::out_of_memory};

std::string_view name_of(fault what);

/// Puts SQLite's memory under the faults' rule. Before any connection is open.
void watch_memory();

/// From now on calls of this kind are counted; the one numbered `at`, beginning with 1, fails, and
/// all behind it too if it `lasts`.
void arm(fault what, std::size_t at, bool lasts);
/// Nothing fails any more. True if anything has.
bool heal();
bool has_struck();

}  // namespace innkeeper::testing
