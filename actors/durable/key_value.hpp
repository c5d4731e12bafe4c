#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/durable/durable_object.hpp"

/// Storage for any kind of object without tables or SQL of its own: texts by key, in the table
/// `object_values`. An instance serves one turn. Its puts join the turn's writes, and later reads
/// of the instance see them. On the object's loop.
namespace innkeeper::durable {

class key_value {
 public:
  /// Bytes of a key and of a value, as in Durable Objects. Longer ones are not stored. These limits
  /// are here because they concern authors of kinds, not clients.
  static constexpr std::size_t key_bytes_max = 2048;
  static constexpr std::size_t value_bytes_max = std::size_t{128} * 1024;
  /// Entries that one list() returns at most.
  static constexpr std::size_t list_max = 1000;

  struct entry {
    std::string key;
    std::string value;

    friend bool operator==(const entry&, const entry&) = default;
  };

  key_value(const turn& now, effects& wanted) : stored_(now.stored), wanted_(wanted) {}

  std::optional<std::string> get(const std::string& key) const;
  /// False if the key is empty, or if key or value exceed their limits. Then nothing has changed.
  [[nodiscard]] bool put(const std::string& key, std::string value);
  void erase(const std::string& key);
  /// Entries whose key begins with `prefix` and is greater than `after`, in key order. At most
  /// `limit`, and never more than list_max.
  std::vector<entry> list(const std::string& prefix = {}, std::size_t limit = list_max,
                          std::optional<std::string> after = std::nullopt) const;

 private:
  const object_view& stored_;
  effects& wanted_;
};

}  // namespace innkeeper::durable
