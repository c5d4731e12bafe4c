#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

/// After a reboot nothing of a file is in the system's memory, and whoever comes first waits for
/// the disk page by page: for a room among a million some eight times. Read from its beginning on,
/// the same file comes at the disk's full speed.
namespace innkeeper::storage {

/// Long enough for some hundred MiB on a disk of today, and a start hardly notices.
constexpr std::chrono::milliseconds read_ahead_at_most{250};

/// Has the system read the file into its memory, of which it takes back what it needs, until the
/// file ends or the time is over; then waits for what is under way, for about as long again at the
/// most, so that nobody who comes later waits behind it. What cannot be read is left to whoever
/// reads it. Any thread. Before anything in the process locks the file: to close a file ends all of
/// a process's locks on it (fcntl(2)).
void read_ahead(const std::filesystem::path& file,
                std::chrono::milliseconds at_most = read_ahead_at_most);

/// The system as reading ahead sees it. Pieces are numbered from 0.
struct piece_reader {
  /// Has the system begin to read it. False: it cannot.
  std::function<bool(std::uint64_t piece)> begin;
  /// Waits until it is there. False: it does not come.
  std::function<bool(std::uint64_t piece)> wait_for;
  std::function<bool()> is_time_over;
};

/// 16 MiB.
constexpr std::uint64_t pieces_under_way_max = 128;

/// Has pieces read in their order. At first one is under way, and for each that has come one more
/// may be: enough to keep a fast disk busy, while a slow one never has more before it than it has
/// read. Gives how many have come.
std::uint64_t read_pieces_ahead(std::uint64_t pieces, const piece_reader& by);

}  // namespace innkeeper::storage
