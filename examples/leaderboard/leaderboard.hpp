#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/sockets/socket_object.hpp"

/// A table of players and their best scores. A client says {"player":"ann","score":7}, and
/// everybody who is connected is sent the ten best.
class leaderboard final : public innkeeper::sockets::socket_object {
 public:
  struct entry {
    std::string player;
    std::int64_t score;
  };

  void hydrate(const innkeeper::durable::turn& now, innkeeper::durable::attachments&&) override;
  innkeeper::durable::effects opened(const innkeeper::sockets::connection_opened& who,
                                     const innkeeper::durable::turn& now) override;
  innkeeper::durable::effects received(const innkeeper::sockets::message_received& what,
                                       const innkeeper::durable::turn& now) override;

 private:
  void place(entry best);
  std::string top_ten() const;

  /// The ten best, the best first. The rows have all.
  std::vector<entry> top_;
};

class leaderboard_kind final : public innkeeper::sockets::socket_kind {
 public:
  std::string_view name() const override { return "leaderboard"; }

  std::unique_ptr<innkeeper::durable::durable_object> make(
      const innkeeper::durable::object_address&) const override {
    return std::make_unique<leaderboard>();
  }
};
