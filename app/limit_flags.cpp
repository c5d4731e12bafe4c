#include "app/limit_flags.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "app/quantity.hpp"
#include "proto/limit_table.hpp"

namespace innkeeper::app {
namespace {

const char* type_name(proto::limit_unit unit) {
  switch (unit) {
    case proto::limit_unit::bytes:
      return "SIZE";
    case proto::limit_unit::milliseconds:
      return "TIME";
    case proto::limit_unit::count:
      break;
  }
  return "COUNT";
}

}  // namespace

void add_limit_flags(CLI::App& command, proto::limits& bounds) {
  for (const auto& group : proto::limit_groups()) {
    for (const auto& entry : group.entries) {
      const auto name = "--" + std::string(entry.flag);
      const auto help = std::string(entry.what) + " (" + entry.default_text() +
                        "); beyond: " + std::string(entry.beyond);
      auto& value = bounds.*entry.value;
      const auto read = [name, &value, unit = entry.unit](const std::string& text) {
        const auto wanted = read_limit(text, unit);
        if (!wanted) throw CLI::ValidationError(name, wanted.error());
        value = *wanted;
      };
      command.add_option_function<std::string>(name, read, help)
          ->envname(entry.variable())
          ->type_name(type_name(entry.unit))
          ->group("Limits of " + std::string(group.about) + "; 0 or none means no limit");
    }
  }
}

}  // namespace innkeeper::app
