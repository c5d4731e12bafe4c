#pragma once

#include <prometheus/metric_family.h>

#include <filesystem>
#include <string>
#include <vector>

#include "health/monitor.hpp"

/// Figures for `/metrics` that are read when somebody asks, not counted along: of the process, of
/// trouble, of the data file. Names are those that Prometheus' own client libraries use
/// (prometheus.io/docs/instrumenting/writing_clientlibs). Any thread.
namespace innkeeper::transport {

using metric_families = std::vector<prometheus::MetricFamily>;

/// One figure without labels.
void append_figure(metric_families& to, prometheus::MetricType type, const std::string& name,
                   const std::string& help, double value);
/// `process_*`, as Linux tells them in /proc/self; what cannot be read is left out.
void append_process_figures(metric_families& to);
/// Troubles by reason, refusals, storage failures, error frames and closes.
void append_health_figures(metric_families& to, const health::monitor& health);
/// Bytes of the file and of its log; 0 where there is none.
void append_file_figures(metric_families& to, const std::filesystem::path& file);

}  // namespace innkeeper::transport
