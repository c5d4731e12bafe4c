#pragma once

#include <string>
#include <vector>

/// What in the environment looks like a setting and is none: misspelt names, and protective
/// settings that are set to nothing. A misspelt flag is refused, but a misspelt variable would be
/// passed over in silence. Pure functions: any thread.
namespace innkeeper::app {

/// One sentence for each doubtful one of `variables`, which are written NAME=VALUE and end with a
/// null pointer. `known` are the names of all settings.
std::vector<std::string> doubts_about(const char* const* variables,
                                      const std::vector<std::string>& known);

}  // namespace innkeeper::app
