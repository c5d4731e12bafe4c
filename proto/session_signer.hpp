#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/replaceable.hpp"

/// Session ids that only this server can make: a random part, a point and its HMAC. Any thread.
namespace innkeeper::proto {

class session_signer {
 public:
  using keys = replaceable<std::vector<std::string>>;

  /// The first key signs; all are accepted. There must always be at least one.
  explicit session_signer(std::shared_ptr<const keys> of) : keys_(std::move(of)) {}
  explicit session_signer(std::vector<std::string> of)
      : keys_(std::make_shared<const keys>(std::move(of))) {}

  /// `random` must not contain a point. The result is 33 bytes longer.
  std::string sign(std::string_view random) const;
  /// Takes constant time, wherever a wrong signature first differs.
  bool is_signed(std::string_view id) const;

 private:
  std::shared_ptr<const keys> keys_;
};

}  // namespace innkeeper::proto
