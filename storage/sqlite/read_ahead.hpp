#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

/// Reads the file into the page cache after a reboot. Otherwise the first clients wait for the disk
/// page by page: about eight times for a room among a million. A sequential read runs at the disk's
/// full speed.
namespace innkeeper::storage {

/// Enough for some hundred MiB on a current disk, and hardly noticeable at a start.
constexpr std::chrono::milliseconds read_ahead_at_most{250};

/// Has the system read the file into its page cache, until the file ends or the time is over. Then
/// it waits for reads in flight, about as long again at most. So later reads do not queue behind
/// them. Unreadable parts are skipped: later readers get the error. Any thread. Call it before any
/// lock on the file in this process: closing a file releases all of a process's locks on it
/// (fcntl(2)).
void read_ahead(const std::filesystem::path& file,
                std::chrono::milliseconds at_most = read_ahead_at_most);

/// The system's operations for reading ahead. Pieces are numbered from 0.
struct piece_reader {
  /// Starts to read a piece. False: it cannot.
  std::function<bool(std::uint64_t piece)> begin;
  /// Waits until the piece is read. False: the read fails.
  std::function<bool(std::uint64_t piece)> wait_for;
  std::function<bool()> is_time_over;
};

/// Together 16 MiB.
constexpr std::uint64_t pieces_under_way_max = 128;

/// Reads pieces in order. One piece is in flight at first, and one more for each completed piece.
/// This keeps a fast disk busy, and never queues more on a slow one than it has read. Returns the
/// number of completed pieces.
std::uint64_t read_pieces_ahead(std::uint64_t pieces, const piece_reader& by);

}  // namespace innkeeper::storage
