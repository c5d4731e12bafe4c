#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "proto/replaceable.hpp"
#include "transport/http/server_context.hpp"

/// What SIGHUP reads again: the certificate and its key, signing keys, and lists of origins and
/// proxies that stand in files. Each is taken whole, or stays as it was and the log says why. On
/// one loop, which waits for the files: they are small.
namespace innkeeper::app {

using signing_keys = proto::replaceable<std::vector<std::string>>;

class renewal {
 public:
  /// `options` outlives this.
  renewal(const serve_options& options, std::shared_ptr<transport::server_context> of,
          std::shared_ptr<signing_keys> keys)
      : options_(options), site_(std::move(of)), keys_(std::move(keys)) {}

  void run() const;

 private:
  bool renew_certificate() const;
  bool renew_signing_keys() const;
  bool renew_origins() const;
  bool renew_proxies() const;

  const serve_options& options_;
  std::shared_ptr<transport::server_context> site_;
  std::shared_ptr<signing_keys> keys_;
};

}  // namespace innkeeper::app
