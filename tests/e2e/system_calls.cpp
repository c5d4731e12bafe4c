#include "tests/e2e/system_calls.hpp"

#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>

namespace innkeeper::testing {
namespace {

/// "4242 1700000000.123456 recvmsg(5<TCP:[...]>, ...) = 17", cut into its parts.
struct log_line {
  std::string thread;
  std::string rest;
};

std::optional<log_line> cut(const std::string& line) {
  std::istringstream words(line);
  log_line result;
  std::string time;
  words >> result.thread >> time >> std::ws;
  std::getline(words, result.rest);
  if (result.rest.empty() || result.rest.starts_with("+++") || result.rest.starts_with("---")) {
    return std::nullopt;
  }
  return result;
}

void finish(system_call& call, std::size_t number) {
  call.ends = number;
  const std::size_t equals = call.text.rfind(" = ");
  if (equals != std::string::npos) {
    call.result = std::strtol(call.text.c_str() + equals + 3, nullptr, 10);
  }
}

}  // namespace

std::vector<system_call> read_system_calls(const std::string& log) {
  std::vector<system_call> calls;
  std::map<std::string, std::size_t> unfinished;  // thread -> index of its call
  std::istringstream lines(log);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::optional<log_line> parts = cut(line);
    if (!parts) {
      continue;
    }
    if (parts->rest.starts_with("<... ")) {
      if (const auto open = unfinished.find(parts->thread); open != unfinished.end()) {
        system_call& call = calls[open->second];
        call.text += parts->rest;
        finish(call, number);
        unfinished.erase(open);
      }
      continue;
    }
    calls.push_back({parts->rest.substr(0, parts->rest.find('(')), parts->rest, -1, number, 0});
    if (parts->rest.ends_with("<unfinished ...>")) {
      unfinished[parts->thread] = calls.size() - 1;
    } else {
      finish(calls.back(), number);
    }
  }
  return calls;
}

}  // namespace innkeeper::testing
