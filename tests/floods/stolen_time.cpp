#include "tests/floods/stolen_time.hpp"

#include <algorithm>
#include <fstream>
#include <string>

namespace innkeeper::floods {

double stolen_time::share() const {
  const auto seen = now();
  const auto all = std::max<std::int64_t>(1, seen.all - began_.all);
  return static_cast<double>(seen.stolen - began_.stolen) / static_cast<double>(all);
}

/// The columns: user, nice, system, idle, iowait, irq, softirq, steal; what follows is contained in
/// the first two.
stolen_time::ticks stolen_time::now() {
  constexpr int columns = 8;
  std::ifstream file("/proc/stat");
  std::string name;
  file >> name;
  ticks seen;
  for (int i = 0; i < columns && file >> seen.stolen; ++i) seen.all += seen.stolen;
  return seen;
}

}  // namespace innkeeper::floods
