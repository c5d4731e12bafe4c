#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

/// After a reboot nothing of a file is in the system's memory, and whoever comes first waits for
/// the disk page by page: for a room among a million some eight times. Read from its beginning on,
/// the same file comes at the disk's full speed.
namespace innkeeper::storage {

/// Long enough for some hundred MiB on a disk of today, and a start hardly notices.
constexpr std::chrono::milliseconds read_ahead_at_most{250};

/// Has the system read the file into its memory, of which it takes back what it needs. Ends with
/// the file or when the time is over, but for what is under way then: 16 MiB. Gives how many bytes
/// have been asked for; what cannot be read is left to whoever reads it. Before anything in the
/// process locks the file, for to close a file ends all of a process's locks on it (fcntl(2)).
std::uint64_t read_ahead(const std::filesystem::path& file,
                         std::chrono::milliseconds at_most = read_ahead_at_most);

}  // namespace innkeeper::storage
