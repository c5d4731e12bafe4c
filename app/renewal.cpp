#include "app/renewal.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "app/entry_lists.hpp"
#include "app/signing_keys.hpp"
#include "transport/socket/text_file.hpp"

namespace innkeeper::app {
namespace {

/// Gives what has been read to `into`, or says why not.
template <class T>
void take(boost::system::result<T, std::string> read, const char* what,
          proto::replaceable<T>& into) {
  if (!read) {
    spdlog::error("{}; going on with the {} as they were", read.error(), what);
    return;
  }
  into.replace(std::move(*read));
  spdlog::info("the {} are read again", what);
}

}  // namespace

void renewal::run() const {
  bool any = renew_certificate();
  any = renew_signing_keys() || any;
  any = renew_origins() || any;
  any = renew_proxies() || any;
  if (!any) {
    spdlog::info(
        "SIGHUP: there is no file to read again (--tls-cert, --signing-key-file, "
        "--allowed-origins @FILE, --trusted-proxies @FILE)");
  }
}

bool renewal::renew_certificate() const {
  if (!site_->tls) return false;
  if (const auto renewed = site_->tls->reload()) {
    spdlog::info("new connections use the certificate as it is now");
  } else {
    spdlog::error("{}; going on with the certificate as it was", renewed.error());
  }
  return true;
}

bool renewal::renew_signing_keys() const {
  const auto& file = options_.signing_key_file;
  if (file.empty() || !transport::can_be_read_again(file)) return false;
  auto read = read_signing_key_file(file);
  if (read) {
    for (const auto& doubt : doubts_about_keys(*read)) spdlog::warn(doubt);
  }
  take(std::move(read), "signing keys", *keys_);
  return true;
}

bool renewal::renew_origins() const {
  const auto& given = options_.allowed_origins_given;
  if (!can_be_read_again(given)) return false;
  take(read_allowed_origins(given), "allowed origins", site_->allowed_origins);
  return true;
}

bool renewal::renew_proxies() const {
  const auto& given = options_.trusted_proxies_given;
  if (!can_be_read_again(given)) return false;
  take(read_trusted_proxies(given), "trusted proxies", site_->trusted_proxies);
  return true;
}

}  // namespace innkeeper::app
