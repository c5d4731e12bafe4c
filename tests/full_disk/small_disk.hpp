// A real file system of a few MiB that can be filled to its last byte: ext4 in a file, or tmpfs
// where there are no loop devices. It is mounted in a namespace that this process moves into, so
// that nothing of it is left when the process ends, however it ends. Needs the rights of root.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace innkeeper::testing {

/// Why this machine cannot have one.
class no_small_disk : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class small_disk {
 public:
  /// Throws no_small_disk.
  explicit small_disk(std::size_t mebibytes);
  ~small_disk();
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  /// "ext4" or "tmpfs".
  const std::string& kind() const { return kind_; }

  /// Takes what is free but for so many bytes.
  void fill(std::size_t leave_free = 0);
  /// Gives back what fill() has taken.
  void make_room();

 private:
  bool mount_ext4(std::size_t mebibytes);
  bool mount_tmpfs(std::size_t mebibytes);
  std::size_t free_bytes() const;
  std::filesystem::path ballast() const { return folder_ / "ballast"; }

  temporary_directory place_;
  std::filesystem::path folder_ = place_.path() / "disk";
  std::string kind_;
};

}  // namespace innkeeper::testing
