#include "transport/gateway/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <utility>

#include "transport/gateway/figures.hpp"

namespace innkeeper::transport {
namespace {

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

metrics::metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      sockets_(gauge(*registry_, "innkeeper_sockets", "Open WebSocket connections.")),
      rooms_awake_(gauge(*registry_, "innkeeper_rooms_awake", "Rooms that are in memory.")),
      rooms_asleep_(gauge(*registry_, "innkeeper_rooms_asleep",
                          "Rooms that sleep while sockets of theirs are open.")),
      rooms_congested_(gauge(*registry_, "innkeeper_rooms_congested",
                             "Rooms whose sockets wait to be read until the disk catches up.")),
      messages_(counter(*registry_, "innkeeper_messages_total", "Messages received from clients.")),
      frames_(counter(*registry_, "innkeeper_frames_total", "Frames sent to clients.")),
      commits_(counter(*registry_, "innkeeper_commits_total", "Transactions committed to disk.")),
      acknowledgements_(
          prometheus::BuildHistogram()
              .Name("innkeeper_acknowledgements_per_commit")
              .Help("Turns with changes that one transaction made durable.")
              .Register(*registry_)
              .Add({}, prometheus::Histogram::BucketBoundaries{1, 2, 5, 10, 20, 50, 100, 200})) {}

void metrics::committed(std::size_t acknowledged) {
  commits_.Increment();
  acknowledgements_.Observe(static_cast<double>(acknowledged));
}

void metrics::broke(const durable::object_address& which, std::string_view why) {
  if (health_ == nullptr) return;
  health_->report(health::reason::object_broken,
                  std::string(which.kind->name()) + " '" + which.name + "': " + std::string(why));
}

void metrics::tell_version(const std::string& version) {
  prometheus::BuildGauge()
      .Name("innkeeper_build_info")
      .Help("1, with the version that runs.")
      .Register(*registry_)
      .Add({{"version", version}})
      .Set(1);
}

void metrics::watch_memory(std::function<std::size_t()> allocated_bytes) {
  allocated_bytes_ = std::move(allocated_bytes);
  allocated_ = &gauge(*registry_, "innkeeper_allocated_bytes",
                      "Memory that is in use, by the allocator's count; the process holds more.");
}

std::string metrics::text() const {
  messages_.Increment(static_cast<double>(uncounted_messages_.exchange(0)));
  if (allocated_ != nullptr) allocated_->Set(static_cast<double>(allocated_bytes_()));
  auto families = registry_->Collect();
  append_process_figures(families);
  if (health_ != nullptr) append_health_figures(families, *health_);
  if (!file_.empty()) append_file_figures(families, file_);
  if (const auto ends = certificate_ends_s_.load(); ends != 0) {
    append_figure(families, prometheus::MetricType::Gauge,
                  "innkeeper_certificate_end_timestamp_seconds", "When the TLS certificate ends.",
                  static_cast<double>(ends));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace innkeeper::transport
