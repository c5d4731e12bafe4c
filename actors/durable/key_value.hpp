#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/durable/durable_object.hpp"

/// Storage for any kind of object without tables or SQL of its own: texts by key, in the table
/// `object_values`. Made for one turn; what is put here belongs to the turn's writes, and is seen
/// by what is read here afterwards. On the object's loop.
namespace innkeeper::durable {

class key_value {
 public:
  /// As in Durable Objects: bytes of a key and of a value. More is not stored. They stand here as
  /// they are promised to those who write kinds of objects, not to clients.
  static constexpr std::size_t key_bytes_max = 2048;
  static constexpr std::size_t value_bytes_max = std::size_t{128} * 1024;
  /// Entries that one list() gives at most.
  static constexpr std::size_t list_max = 1000;

  struct entry {
    std::string key;
    std::string value;

    friend bool operator==(const entry&, const entry&) = default;
  };

  key_value(const turn& now, effects& wanted) : stored_(now.stored), wanted_(wanted) {}

  std::optional<std::string> get(const std::string& key) const;
  /// False if the key is empty, or key or value are over their limits: then nothing has changed.
  [[nodiscard]] bool put(const std::string& key, std::string value);
  void erase(const std::string& key);
  /// Entries whose key begins with `prefix`, in key order, from behind `after`; at most `limit`,
  /// and never more than list_max.
  std::vector<entry> list(const std::string& prefix = {}, std::size_t limit = list_max,
                          std::optional<std::string> after = std::nullopt) const;

 private:
  const object_view& stored_;
  effects& wanted_;
};

}  // namespace innkeeper::durable
