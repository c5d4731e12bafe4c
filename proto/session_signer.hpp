#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Session ids that nobody but this server can make: a random part, a point and its HMAC.
/// Immutable: any thread.
namespace innkeeper::proto {

class session_signer {
 public:
  /// The first key signs, all are accepted. At least one.
  explicit session_signer(std::vector<std::string> keys) : keys_(std::move(keys)) {}

  /// `random` has no point in it. The result is 33 bytes longer.
  std::string sign(std::string_view random) const;
  /// Takes the same time wherever a wrong signature first differs.
  bool is_signed(std::string_view id) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace innkeeper::proto
