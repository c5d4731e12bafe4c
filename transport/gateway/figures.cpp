#include "transport/gateway/figures.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

namespace innkeeper::transport {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class family_builder {
 public:
  family_builder(MetricType type, const std::string& name, const std::string& help)
      : type_(type), family_{name, help, type, {}} {}

  void add(double value, std::vector<ClientMetric::Label> labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (type_ == MetricType::Counter) metric.counter.value = value;
    if (type_ == MetricType::Gauge) metric.gauge.value = value;
    family_.metric.push_back(std::move(metric));
  }
  MetricFamily&& take() { return std::move(family_); }

 private:
  MetricType type_;
  MetricFamily family_;
};

/// Columns of /proc/self/stat behind the program's name (proc(5)), which may hold blanks.
std::vector<std::string> process_columns() {
  std::ifstream file("/proc/self/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

double boot_time_s() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

std::size_t open_descriptors() {
  std::error_code unreadable;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator each("/proc/self/fd", unreadable), end;
       !unreadable && each != end; each.increment(unreadable)) {
    ++count;
  }
  return count == 0 ? 0 : count - 1;  // the folder itself is open meanwhile
}

double bytes_of(const std::string& file) {
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0 ? static_cast<double>(found.st_size) : 0;
}

void append_by_reason(metric_families& to, const std::vector<health::trouble>& troubles,
                      health::family which, const std::string& name, const std::string& help) {
  family_builder counted(MetricType::Counter, name, help);
  for (const auto& each : troubles) {
    const auto& facts = health::facts_of(each.what);
    if (facts.counted_as != which) continue;
    counted.add(static_cast<double>(each.count), {{"reason", std::string(facts.name)}});
  }
  to.push_back(counted.take());
}

}  // namespace

void append_figure(metric_families& to, MetricType type, const std::string& name,
                   const std::string& help, double value) {
  family_builder one(type, name, help);
  one.add(value);
  to.push_back(one.take());
}

void append_process_figures(metric_families& to) {
  constexpr std::size_t user_ticks = 11;  // utime is column 14, and the first behind the name is 3
  constexpr std::size_t system_ticks = 12;
  constexpr std::size_t start_ticks = 19;
  constexpr std::size_t virtual_bytes = 20;
  constexpr std::size_t resident_pages = 21;
  const auto columns = process_columns();
  if (columns.size() > resident_pages) {
    const auto number = [&](std::size_t i) { return std::stod(columns[i]); };
    const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    append_figure(to, MetricType::Counter, "process_cpu_seconds_total",
                  "User and system CPU time of the process.",
                  (number(user_ticks) + number(system_ticks)) / ticks_per_second);
    append_figure(to, MetricType::Gauge, "process_start_time_seconds",
                  "When the process started, in seconds since 1970-01-01 UTC.",
                  boot_time_s() + number(start_ticks) / ticks_per_second);
    append_figure(to, MetricType::Gauge, "process_virtual_memory_bytes",
                  "Address space of the process.", number(virtual_bytes));
    append_figure(to, MetricType::Gauge, "process_resident_memory_bytes",
                  "Memory of the process that is in RAM.",
                  number(resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  append_figure(to, MetricType::Gauge, "process_open_fds", "Open descriptors.",
                static_cast<double>(open_descriptors()));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    append_figure(to, MetricType::Gauge, "process_max_fds", "Descriptors that may be open.",
                  static_cast<double>(limit.rlim_cur));
  }
}

void append_health_figures(metric_families& to, const health::monitor& health) {
  const auto troubles = health.troubles();
  append_figure(to, MetricType::Gauge, "innkeeper_ready",
                "1: the server takes reads and writes, as /readyz says.",
                health.is_ready() ? 1 : 0);
  family_builder active(MetricType::Gauge, "innkeeper_trouble", "1: this trouble is there now.");
  for (const auto& each : troubles) {
    active.add(each.is_on ? 1 : 0, {{"reason", std::string(health::facts_of(each.what).name)}});
  }
  to.push_back(active.take());
  append_by_reason(to, troubles, health::family::refusal, "innkeeper_refused_total",
                   "Clients, requests and messages that a limit has turned away.");
  append_by_reason(to, troubles, health::family::storage, "innkeeper_storage_failures_total",
                   "Reads, commits and checkpoints that failed.");
  append_by_reason(to, troubles, health::family::other, "innkeeper_troubles_total",
                   "Occurrences of all other troubles.");
  family_builder errors(MetricType::Counter, "innkeeper_errors_total",
                        "Error frames to clients, by their code.");
  for (const auto& [code, count] : health.errors()) {
    errors.add(static_cast<double>(count), {{"code", code}});
  }
  to.push_back(errors.take());
  family_builder closes(MetricType::Counter, "innkeeper_closed_total",
                        "WebSockets that the server has closed, by the close code.");
  for (const auto& [code, count] : health.closes()) {
    closes.add(static_cast<double>(count), {{"code", std::to_string(code)}});
  }
  to.push_back(closes.take());
}

void append_file_figures(metric_families& to, const std::filesystem::path& file) {
  append_figure(to, MetricType::Gauge, "innkeeper_file_bytes", "Length of the data file.",
                bytes_of(file.string()));
  append_figure(to, MetricType::Gauge, "innkeeper_log_bytes",
                "Length of the data file's write-ahead log, room for what comes next included.",
                bytes_of(file.string() + "-wal"));
}

}  // namespace innkeeper::transport
