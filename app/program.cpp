#include "app/program.hpp"

#include <cstdio>
#include <variant>

#include "app/options.hpp"

namespace innkeeper::app {

int run(int argc, const char* const* argv, const object_kinds& kinds) {
  const auto options = read_options(argc, argv);
  if (const auto* exit = std::get_if<early_exit>(&options)) {
    std::fprintf(exit->code == 0 ? stdout : stderr, "%s\n", exit->text.c_str());
    return exit->code;
  }
  return serve(std::get<serve_options>(options), kinds);
}

}  // namespace innkeeper::app
