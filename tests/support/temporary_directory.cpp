#include "tests/support/temporary_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace innkeeper::testing {

temporary_directory::temporary_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "innkeeper-test-XXXXXX").string();
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
