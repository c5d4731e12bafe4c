#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/key_value.hpp"

namespace innkeeper::example {

/// Lets each caller in three times a minute. Told a caller's name, it says "in" or "out".
class rate_limiter final : public durable::durable_object {
 public:
  static constexpr std::int64_t window_ms = 60'000;
  static constexpr int calls_per_window = 3;

  void hydrate(const durable::turn&, durable::attachments) override {}

  durable::effects handle(durable::object_message& message, const durable::turn& now) override {
    const auto caller = std::any_cast<std::string>(message);
    durable::effects wanted;
    durable::key_value stored(now, wanted);
    const int calls = std::stoi(stored.get(caller).value_or("0"));
    const bool let_in = calls < calls_per_window && stored.put(caller, std::to_string(calls + 1));
    if (!now.alarm_ms) wanted.alarm = durable::alarm_change{now.now_ms + window_ms};
    wanted.outputs.emplace_back(std::string(let_in ? "in" : "out"));
    wanted.if_storage_full.emplace_back(std::string("out"));
    return wanted;
  }

  /// The window is over: everybody starts anew.
  durable::effects on_alarm(const durable::turn& now) override {
    durable::effects wanted;
    durable::key_value stored(now, wanted);
    const auto callers = stored.list();
    for (const auto& caller : callers) stored.erase(caller.key);
    const bool more = callers.size() == durable::key_value::list_max;
    if (more) wanted.alarm = durable::alarm_change{now.now_ms};
    return wanted;
  }

  /// Everything is stored: nothing has to be kept in memory.
  durable::attachments sleep() override { return {}; }
};

class rate_limiter_kind final : public durable::object_kind {
 public:
  std::string_view name() const override { return "rate_limiter"; }

  std::unique_ptr<durable::durable_object> make(const durable::object_address&) const override {
    return std::make_unique<rate_limiter>();
  }

  /// It can answer nothing without looking at its rows: always wake it.
  std::optional<std::vector<durable::object_output>> absorb(
      durable::attachments&, const durable::object_message&) const override {
    return std::nullopt;
  }

  std::vector<durable::object_output> when_broken() const override { return {}; }
};

}  // namespace innkeeper::example
