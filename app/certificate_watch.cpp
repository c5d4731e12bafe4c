#include "app/certificate_watch.hpp"

#include <string>
#include <utility>

namespace innkeeper::app {
namespace {

constexpr std::int64_t day_s = std::int64_t{24} * 3600;
constexpr std::int64_t soon_s = 14 * day_s;

}  // namespace

certificate_watch::certificate_watch(std::shared_ptr<transport::tls_files> files,
                                     std::shared_ptr<health::monitor> health,
                                     transport::metrics& metrics)
    : files_(std::move(files)), health_(std::move(health)), metrics_(metrics) {}

void certificate_watch::look(std::int64_t now_s) {
  if (!files_) return;
  const auto ends_s = files_->ends_at_s();
  metrics_.certificate_ends_at(ends_s);
  const auto left_s = ends_s - now_s;
  if (left_s > soon_s) return health_->end(health::reason::certificate_ends_soon);
  if (health_->is_on(health::reason::certificate_ends_soon)) return;
  const auto days = left_s / day_s;
  const auto when = left_s <= 0 ? std::string("has ended, and browsers refuse it")
                    : days < 2  ? std::string("ends within two days")
                                : "ends in " + std::to_string(days) + " days";
  health_->report(health::reason::certificate_ends_soon,
                  "'" + files_->certificate().string() + "' " + when);
}

}  // namespace innkeeper::app
