#include "app/environment.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace innkeeper::app {
namespace {

constexpr std::string_view prefix = "INNKEEPER_";

/// A setting that keeps somebody out, and what is so without it.
struct protective_variable {
  std::string_view name;
  std::string_view without;
};

constexpr std::array<protective_variable, 7> protective{{
    {"INNKEEPER_ALLOWED_ORIGINS", "pages of any site may connect, without cookies"},
    {"INNKEEPER_TRUSTED_PROXIES", "no proxy is believed"},
    {"INNKEEPER_SIGNING_KEY", "it gives no signing key"},
    {"INNKEEPER_SIGNING_KEY_FILE", "no file with signing keys is read"},
    {"INNKEEPER_SESSIONS", "session ids are taken by the rule of --sessions or its default"},
    {"INNKEEPER_TLS_CERT", "no certificate is read"},
    {"INNKEEPER_TLS_KEY", "no certificate's key is read"},
}};

/// Of tests, scripts and benchmarks, which hand their environment down to the servers they start.
constexpr std::array<std::string_view, 15> of_tests{
    "INNKEEPER_BENCH_DIR",    "INNKEEPER_BENCH_PEERS", "INNKEEPER_BINARY",
    "INNKEEPER_FAILPOINT",    "INNKEEPER_FAULT_STEP",  "INNKEEPER_FULL_ROUNDS",
    "INNKEEPER_FUZZ_SECONDS", "INNKEEPER_KILLS",       "INNKEEPER_LOAD",
    "INNKEEPER_POWER_CUTS",   "INNKEEPER_SEED",        "INNKEEPER_SEEDS",
    "INNKEEPER_SOAK_MINUTES", "INNKEEPER_VOTES",       "INNKEEPER_WAKES",
};

std::string in_capitals(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return made;
}

/// How many characters have to be put in, taken out, changed or swapped with their neighbour to
/// make one of the other (optimal string alignment).
std::size_t edits_between(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t changed = from[i - 1] == to[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + changed});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[to.size()];
}

/// A word left out or added is a small mistake, however long the word.
std::size_t distance(std::string_view from, std::string_view to) {
  constexpr std::size_t word_left_out = 3;
  const auto edits = edits_between(from, to);
  const bool part = from.size() > 2 && (to.find(from) != std::string_view::npos ||
                                        from.find(to) != std::string_view::npos);
  return part ? std::min(edits, word_left_out) : edits;
}

std::string_view without_prefix(std::string_view name) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

/// What Kubernetes and Docker set in every container beside a service called innkeeper, and what
/// nobody has mistyped: INNKEEPER_SERVICE_HOST, INNKEEPER_PORT_8080_TCP_ADDR and the like.
bool is_of_orchestrator(std::string_view name) {
  const auto rest = without_prefix(name);
  if (rest.starts_with("SERVICE_HOST") || rest.starts_with("SERVICE_PORT")) return true;
  constexpr std::string_view port = "PORT_";
  return rest.starts_with(port) && rest.size() > port.size() && rest[port.size()] >= '0' &&
         rest[port.size()] <= '9';
}

std::string misspelt(std::string_view name, const std::vector<std::string>& known) {
  const bool has_prefix = name.starts_with(prefix);
  const auto compared = [&](std::string_view each) {
    return in_capitals(has_prefix ? without_prefix(each) : each);
  };
  const auto wanted = compared(name);
  const auto far = [&](const std::string& each) { return distance(wanted, compared(each)); };
  const auto nearest = std::ranges::min_element(known, {}, far);
  auto sentence = std::string(name) + " is set, but no option has such a name";
  const bool is_near = nearest != known.end() && far(*nearest) * 2 <= wanted.size();
  return is_near ? sentence + "; did you mean " + *nearest + "?" : sentence;
}

/// Almost a known name, its first word included: INKEEPER_PORT, innkeeper_port.
bool is_near_to_any(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t edits_max = 2;
  const auto capitals = in_capitals(name);
  return std::ranges::any_of(known, [&](const std::string& each) {
    const auto sizes = std::minmax({each.size(), capitals.size()});
    return sizes.second - sizes.first <= edits_max && edits_between(capitals, each) <= edits_max;
  });
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::optional<std::string> doubt_about(std::string_view name, std::string_view value,
                                       const setting_names& settings) {
  const auto& [known, given] = settings;
  if (std::ranges::find(known, name) != known.end()) {
    if (std::ranges::find(given, name) != given.end()) return std::nullopt;
    const auto* const found = std::ranges::find(protective, name, &protective_variable::name);
    if (found == protective.end() || !is_blank(value)) return std::nullopt;
    return std::string(name) + " is set, but empty: " + std::string(found->without);
  }
  if (std::ranges::find(of_tests, name) != of_tests.end()) return std::nullopt;
  if (name.starts_with(prefix) ? !is_of_orchestrator(name) : is_near_to_any(name, known)) {
    return misspelt(name, known);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> doubts_about(const char* const* variables, const setting_names& settings) {
  std::vector<std::string> sentences;
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string_view variable(*variables);
    const auto end = variable.find('=');
    if (end == std::string_view::npos) continue;
    auto doubt = doubt_about(variable.substr(0, end), variable.substr(end + 1), settings);
    if (doubt) sentences.push_back(std::move(*doubt));
  }
  return sentences;
}

}  // namespace innkeeper::app
