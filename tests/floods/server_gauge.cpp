#include "tests/floods/server_gauge.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace innkeeper::floods {

server_gauge gauge(pid_t of) {
  const auto place = "/proc/" + std::to_string(of);
  server_gauge seen;
  std::ifstream status(place + "/status");
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> seen.resident_kib;
    if (word == "VmHWM:") status >> seen.resident_max_kib;
  }
  std::error_code gone;
  const std::filesystem::directory_iterator open_files(place + "/fd", gone);
  if (!gone) seen.descriptors = static_cast<std::size_t>(std::distance(begin(open_files), {}));
  return seen;
}

}  // namespace innkeeper::floods
