#pragma once

#include <string>
#include <vector>

/// What in the environment looks like a setting and is none: misspelt names, and protective
/// settings that are set to nothing. A misspelt flag is refused, but a misspelt variable would be
/// passed over in silence. Pure functions: any thread.
namespace innkeeper::app {

/// The names of settings.
struct setting_names {
  std::vector<std::string> known;
  /// Of the known ones, those that have a value, from wherever: an empty variable means nothing.
  std::vector<std::string> given;
};

/// One sentence for each doubtful one of `variables`, which are written NAME=VALUE and end with a
/// null pointer.
std::vector<std::string> doubts_about(const char* const* variables, const setting_names& settings);

}  // namespace innkeeper::app
