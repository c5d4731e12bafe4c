#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

/// A server's text message as the bytes on the wire: RFC 6455 section 5.2, FIN set, opcode text,
/// unmasked. Built once and shared by all the connections that it goes to. Immutable: any thread.
namespace innkeeper::proto {

class frame {
 public:
  explicit frame(std::string_view payload);

  std::string_view wire() const { return *wire_; }
  std::string_view payload() const { return wire().substr(header_size_); }
  /// The bytes, to be kept alive while they are being sent.
  const std::shared_ptr<const std::string>& shared() const { return wire_; }

 private:
  std::size_t header_size_;
  std::shared_ptr<const std::string> wire_;
};

}  // namespace innkeeper::proto
