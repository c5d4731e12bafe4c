// Plays one conversation file against a fresh server. conversations/README.md has the notation.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace innkeeper::testing {

/// Nothing if every step went as written; else file, step, what was expected and what came.
std::optional<std::string> play_conversation(const std::filesystem::path& file);

/// The conversations of a folder, sorted by name.
std::vector<std::filesystem::path> conversations_in(const std::filesystem::path& folder);

}  // namespace innkeeper::testing
