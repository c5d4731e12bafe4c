#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/durable/key_value.hpp"
#include "actors/sockets/socket_object.hpp"

namespace innkeeper::example {

/// Lets each caller in three times a minute. Whoever connects and says a caller's name hears "in"
/// or "out".
class rate_limiter final : public sockets::socket_object {
 public:
  static constexpr std::int64_t window_ms = 60'000;
  static constexpr int calls_per_window = 3;

  void hydrate(const durable::turn&, durable::attachments&&) override {}

  durable::effects received(const sockets::message_received& what,
                            const durable::turn& now) override {
    const auto& caller = what.payload;
    durable::effects wanted;
    durable::key_value stored(now, wanted);
    const int calls = std::stoi(stored.get(caller).value_or("0"));
    const bool let_in = calls < calls_per_window && stored.put(caller, std::to_string(calls + 1));
    if (!now.alarm_ms) wanted.alarm = durable::alarm_change{now.now_ms + window_ms};
    wanted.outputs.push_back(
        output(sockets::send{what.connection, sockets::text(let_in ? "in" : "out")}));
    wanted.if_storage_full = [who = what.connection] {
      return std::vector{output(sockets::send{who, sockets::text("out")})};
    };
    return wanted;
  }

  /// `GET .../CALLER` tells how many calls of the caller are left, and counts none.
  durable::effects requested(const sockets::request& what, const durable::turn& now) override {
    durable::effects wanted;
    wanted.is_activity = false;
    if (what.method != "GET" || what.path.size() < 2) {
      wanted.outputs.push_back(output(sockets::answer_with(
          what.id, {.status = 405, .body = "Ask with GET /objects/rate_limiter/NAME/CALLER."})));
      return wanted;
    }
    const auto caller = what.path.substr(1);
    const durable::key_value stored(now, wanted);
    const int calls = std::stoi(stored.get(caller).value_or("0"));
    const auto left = std::to_string(std::max(0, calls_per_window - calls));
    wanted.outputs.push_back(output(sockets::answer_with(
        what.id, {.type = "application/json", .body = "{\"left\":" + left + "}"})));
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
};

class rate_limiter_kind final : public sockets::socket_kind {
 public:
  std::string_view name() const override { return "rate_limiter"; }

  std::unique_ptr<durable::durable_object> make(const durable::object_address&) const override {
    return std::make_unique<rate_limiter>();
  }
};

}  // namespace innkeeper::example
