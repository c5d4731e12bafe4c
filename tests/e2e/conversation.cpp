#include "tests/e2e/conversation.hpp"

#include <algorithm>
#include <exception>

#include "tests/e2e/json_match.hpp"
#include "tests/e2e/scenario_runner.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/exact_json.hpp"

namespace innkeeper::testing {
namespace {

using result = std::optional<std::string>;

/// A step that cannot be played at all fails like one that went otherwise.
result played(scenario_runner& place, const exact_json& step) {
  try {
    return place.play(step);
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

result play_steps(const exact_json& conversation) {
  scenario_runner place(conversation.value("server", exact_json::object()));
  const exact_json& steps = conversation.at("steps");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (const result failure = played(place, steps[i])) {
      return "step " + std::to_string(i + 1) + " " + show(steps[i]) + "\n  " + *failure;
    }
  }
  const result failure = place.end();
  return failure ? "after the last step" + *failure : result();
}

}  // namespace

result play_conversation(const std::filesystem::path& file) {
  const std::optional<exact_json> conversation = parse_exact(file_text(file));
  if (!conversation || !conversation->contains("steps")) {
    return file.string() + " is not a conversation";
  }
  try {
    const result failure = play_steps(*conversation);
    return failure ? file.string() + ", " + *failure : result();
  } catch (const std::exception& failure) {
    return file.string() + ": " + failure.what();
  }
}

std::vector<std::filesystem::path> conversations_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
    if (entry.path().extension() == ".json") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace innkeeper::testing
