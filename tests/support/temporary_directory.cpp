#include "tests/support/temporary_directory.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace innkeeper::testing {

namespace {

std::filesystem::path memory_or_disk() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

}  // namespace

temporary_directory::temporary_directory()
    : temporary_directory(std::filesystem::temp_directory_path()) {}

temporary_directory::temporary_directory(in_memory_t) : temporary_directory(memory_or_disk()) {}

temporary_directory::temporary_directory(const std::filesystem::path& parent) {
  std::string name = (parent / "innkeeper-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
  }
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;  // a test that failed must report its own failure, not this one
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace innkeeper::testing
