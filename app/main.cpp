#include "app/program.hpp"

/// Settings of jemalloc. By itself it gives freed memory back only while something is allocated: a
/// server that falls idle after a rush would keep all of it.
extern "C" {
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): jemalloc looks for this name
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
}

int main(int argc, char** argv) {
  return innkeeper::app::run(argc, argv);
}
