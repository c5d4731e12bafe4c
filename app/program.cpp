#include "app/program.hpp"

#include <cstdio>
#include <exception>
#include <variant>

#include "app/options.hpp"
#include "app/process.hpp"
#include "app/server.hpp"

/// Settings of jemalloc, for every server that is made with this library. By itself it gives freed
/// memory back only while something is allocated: a server that falls idle after a rush would keep
/// all of it.
extern "C" {
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): jemalloc looks for this name
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
}

namespace innkeeper::app {

int run(int argc, const char* const* argv, const object_kinds& kinds) try {
  prepare_process();
  const auto options = read_options(argc, argv);
  if (const auto* exit = std::get_if<early_exit>(&options)) {
    std::fprintf(exit->code == 0 ? stdout : stderr, "%s\n", exit->text.c_str());
    return exit->code;
  }
  return serve(std::get<serve_options>(options), kinds);
} catch (const std::exception& error) {
  std::fprintf(stderr, "innkeeper: %s\n", reason_of(error).c_str());
  return 1;
}

}  // namespace innkeeper::app
