// An object that keeps keys and values and has an alarm, by nothing but what the runtime offers to
// every kind: the village's other sort of house.
#pragma once

#include <memory>
#include <string>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/key_value.hpp"

namespace innkeeper::testing {

/// Told a key, it appends to its value; a minute after the first it is cleared, but for one key.
class key_value_object final : public durable::durable_object {
 public:
  static constexpr std::int64_t clear_after_ms = 60'000;
  static constexpr std::size_t value_bytes_max = 300;

  void hydrate(const durable::turn&, durable::attachments&&) override {}

  durable::effects handle(durable::object_message& message, const durable::turn& now) override {
    const auto key = std::any_cast<std::string>(message);
    durable::effects wanted;
    durable::key_value kept(now, wanted);
    auto value = kept.get(key).value_or("") + key;
    if (value.size() > value_bytes_max) {
      kept.erase(key);
    } else if (!kept.put(key, std::move(value))) {
      return {};
    }
    if (!now.alarm_ms) wanted.alarm = durable::alarm_change{now.now_ms + clear_after_ms};
    return wanted;
  }

  durable::effects on_alarm(const durable::turn& now) override {
    durable::effects wanted;
    durable::key_value kept(now, wanted);
    const auto all = kept.list();
    for (std::size_t i = 1; i < all.size(); ++i) kept.erase(all[i].key);
    return wanted;
  }

  durable::attachments sleep() override { return {}; }
};

class shelf_kind final : public durable::object_kind {
 public:
  std::string_view name() const override { return "shelf"; }

  std::unique_ptr<durable::durable_object> make(const durable::object_address&) const override {
    return std::make_unique<key_value_object>();
  }

  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments&, const durable::object_message&) const override {
    return std::nullopt;
  }

  std::vector<durable::object_output> when_broken() const override { return {}; }
};

}  // namespace innkeeper::testing
