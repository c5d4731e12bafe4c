// A directory of its own for one test, removed with everything in it when the test is over, so that
// tests can run side by side and leave nothing behind. Not shared between threads.
#pragma once

#include <filesystem>

namespace innkeeper::testing {

class temporary_directory {
 public:
  temporary_directory();
  ~temporary_directory();

  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace innkeeper::testing
