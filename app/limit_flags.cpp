#include "app/limit_flags.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "proto/limit_table.hpp"

namespace innkeeper::app {
namespace {

/// Far beyond anything sensible, and small enough for sums of two.
constexpr std::size_t limit_max = std::size_t{1} << 40;

const char* type_name(proto::limit_unit unit) {
  switch (unit) {
    case proto::limit_unit::bytes:
      return "BYTES";
    case proto::limit_unit::milliseconds:
      return "MS";
    case proto::limit_unit::count:
      break;
  }
  return "COUNT";
}

}  // namespace

void add_limit_flags(CLI::App& command, proto::limits& bounds) {
  for (const auto& group : proto::limit_groups()) {
    for (const auto& entry : group.entries) {
      const auto help = std::string(entry.what) + " (" + entry.default_text() +
                        "); beyond: " + std::string(entry.beyond);
      command.add_option("--" + std::string(entry.flag), bounds.*entry.value, help)
          ->envname(entry.variable())
          ->check(CLI::Range(std::size_t{0}, limit_max).description(""))
          ->type_name(type_name(entry.unit))
          ->group("Limits of " + std::string(group.about) + "; 0 means none");
    }
  }
}

}  // namespace innkeeper::app
