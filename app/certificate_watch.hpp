#pragma once

#include <cstdint>
#include <memory>

#include "health/monitor.hpp"
#include "transport/gateway/metrics.hpp"
#include "transport/socket/tls.hpp"

/// Tells the owner when the TLS certificate comes near its end. Only main's thread.
namespace innkeeper::app {

class certificate_watch {
 public:
  /// Without TLS (null) there is nothing to watch.
  certificate_watch(std::shared_ptr<transport::tls_files> files,
                    std::shared_ptr<health::monitor> health, transport::metrics& metrics);

  /// Often enough. `now_s`: seconds since 1970-01-01 UTC.
  void look(std::int64_t now_s);

 private:
  std::shared_ptr<transport::tls_files> files_;
  std::shared_ptr<health::monitor> health_;
  transport::metrics& metrics_;
};

}  // namespace innkeeper::app
