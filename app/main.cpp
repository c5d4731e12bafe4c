#include <cstdio>
#include <variant>

#include "app/options.hpp"
#include "app/server.hpp"

int main(int argc, char** argv) {
  const auto options = innkeeper::app::read_options(argc, argv);
  if (const auto* exit = std::get_if<innkeeper::app::early_exit>(&options)) {
    std::fprintf(exit->code == 0 ? stdout : stderr, "%s\n", exit->text.c_str());
    return exit->code;
  }
  return innkeeper::app::serve(std::get<innkeeper::app::serve_options>(options));
}
