#include "transport/socket/tls_pair.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <variant>

#include "transport/socket/text_file.hpp"

namespace innkeeper::transport {
namespace {

template <auto Free>
struct frees {
  template <class T>
  void operator()(T* owned) const {
    Free(owned);
  }
};

using bio_ptr = std::unique_ptr<BIO, frees<BIO_free_all>>;
using certificate_ptr = std::unique_ptr<X509, frees<X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, frees<EVP_PKEY_free>>;

/// What OpenSSL calls for a pass phrase: notes that there is one, and gives none.
int give_no_pass_phrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

bio_ptr reader_of(const std::string& text) {
  return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Whether reading ended because no further block was there.
bool is_at_end() {
  const auto code = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
  if (at_end) ERR_clear_error();
  return at_end;
}

/// The first is the server's own, the others lead from it to one that clients know.
bool use_chain(SSL_CTX& context, const std::string& text) {
  bool asked = false;
  const auto pem = reader_of(text);
  if (!pem) return false;
  const certificate_ptr own(PEM_read_bio_X509_AUX(pem.get(), nullptr, give_no_pass_phrase, &asked));
  if (!own || SSL_CTX_use_certificate(&context, own.get()) != 1) return false;
  for (;;) {
    certificate_ptr next(PEM_read_bio_X509(pem.get(), nullptr, give_no_pass_phrase, &asked));
    if (!next) return is_at_end();
    if (SSL_CTX_add0_chain_cert(&context, next.get()) != 1) return false;
    static_cast<void>(next.release());
  }
}

std::string quoted(const std::filesystem::path& file) {
  return "'" + file.string() + "'";
}

std::optional<std::string> use_certificate(SSL_CTX& context, const std::filesystem::path& file) {
  const auto text = read_text_file(file);
  if (const auto* fault = std::get_if<text_file_fault>(&text)) {
    return "--tls-cert: " + fault->sentence;
  }
  if (use_chain(context, std::get<std::string>(text))) return std::nullopt;
  return "--tls-cert: " + quoted(file) +
         " holds no certificate that can be read (PEM): " + openssl_reason();
}

}  // namespace

std::optional<std::string> use_pair(SSL_CTX& context, const std::filesystem::path& certificate,
                                    const std::filesystem::path& key) {
  ERR_clear_error();
  if (auto fault = use_certificate(context, certificate)) return fault;
  const auto text = read_text_file(key);
  if (const auto* fault = std::get_if<text_file_fault>(&text)) {
    return "--tls-key: " + fault->sentence;
  }
  bool asked = false;
  const auto pem = reader_of(std::get<std::string>(text));
  const key_ptr read(pem ? PEM_read_bio_PrivateKey(pem.get(), nullptr, give_no_pass_phrase, &asked)
                         : nullptr);
  const auto reason = openssl_reason();
  if (!read && asked) {
    return "--tls-key: the key in " + quoted(key) +
           " is under a pass phrase, and nobody is there to type it; store the key without: "
           "openssl pkey -in " +
           key.string() + " -out NEW_FILE";
  }
  if (!read) return "--tls-key: " + quoted(key) + " holds no key that can be read (PEM): " + reason;
  const bool fits =
      SSL_CTX_use_PrivateKey(&context, read.get()) == 1 && SSL_CTX_check_private_key(&context) == 1;
  ERR_clear_error();
  if (fits) return std::nullopt;
  return "--tls-key: " + quoted(key) + " is not the key of the certificate in " +
         quoted(certificate);
}

std::string openssl_reason() {
  const auto code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "no reason given" : reason;
}

}  // namespace innkeeper::transport
