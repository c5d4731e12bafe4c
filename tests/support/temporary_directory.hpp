// A directory of its own for one test, removed with everything in it when the test is over, so that
// tests can run side by side and leave nothing behind. Not shared between threads.
#pragma once

#include <filesystem>

namespace innkeeper::testing {

/// Asks for a place that no disk slows down.
struct in_memory_t {};
inline constexpr in_memory_t in_memory;

class temporary_directory {
 public:
  temporary_directory();
  /// In /dev/shm if there is one, else where the others are.
  explicit temporary_directory(in_memory_t);
  ~temporary_directory();

  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit temporary_directory(const std::filesystem::path& parent);

  std::filesystem::path path_;
};

}  // namespace innkeeper::testing
