#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <caf/execution_unit.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/durable/back_pressure.hpp"
#include "actors/durable/batch_mailbox.hpp"
#include "actors/durable/durable_object.hpp"
#include "actors/durable/messages.hpp"
#include "actors/durable/runtime_observer.hpp"
#include "storage/batch_writer.hpp"
#include "storage/row_reader.hpp"

/// What the runtime's actors on one loop share. The composition root creates it.
namespace innkeeper::durable {

/// Numbers that are unique within the process. Shared by all loops.
struct number_source {
  /// The number of the next new object in the table `objects`.
  std::atomic<std::int64_t> next_object{1};
  /// The number of the next live instance.
  std::atomic<std::uint64_t> next_instance{1};
};

/// Receives the outputs of objects and the changes of their back pressure.
struct object_sink {
  caf::actor actor;
  /// The actor's mailbox for outputs. All objects that put outputs in live on the actor's loop.
  std::shared_ptr<home_batch_mailbox<object_outputs>> outputs;

  static object_sink of(const caf::actor& whom) {
    return {whom, std::make_shared<home_batch_mailbox<object_outputs>>(whom)};
  }
};

struct runtime {
  storage::row_reader& reader;
  storage::batch_writer& writer;
  number_source& numbers;
  runtime_observer& observer;
  /// Milliseconds since 1970-01-01 UTC.
  std::function<std::int64_t()> wall_clock_ms;
  std::vector<std::shared_ptr<const object_kind>> kinds{};
  object_sink sink{};
  /// The loop's execution unit; null lets CAF's scheduler choose, as the testing scheduler does.
  caf::execution_unit* home = nullptr;
  std::chrono::milliseconds hibernate_after{10'000};
  back_pressure_limits limits{};
  /// Whether an object's home is this loop, which then rings its alarms.
  std::function<bool(const object_address&)> is_home = [](const object_address&) { return true; };

  /// Milliseconds of the server's own clock. Empty: the time of day is used instead.
  std::function<std::int64_t()> server_clock_ms{};

  const object_kind* find_kind(std::string_view name) const {
    for (const auto& kind : kinds) {
      if (kind->name() == name) return kind.get();
    }
    return nullptr;
  }
};

}  // namespace innkeeper::durable
