#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/room/server_message.hpp"
#include "proto/limits.hpp"

/// The rules of polls: one vote per session and poll; voting again moves it. No I/O. On the room's
/// loop.
namespace innkeeper::room {

/// The tallies of a room's polls. The caller looks up each session's vote and passes it in.
class poll_tallies {
 public:
  using polls = std::map<std::string, tallies, std::less<>>;

  /// Sets a tally to its stored value. Cheapest in the order of polls and answers.
  void restore(std::string_view poll, std::string_view answer, std::int64_t votes);

  /// Whether a vote for this answer keeps the limits on polls and answers. It takes back the
  /// session's earlier vote.
  bool has_room_for(std::string_view poll, std::string_view answer,
                    const std::optional<std::string>& earlier, const proto::limits& bounds) const;

  /// The poll's stats after such a vote.
  tallies after(std::string_view poll, const std::string& answer,
                const std::optional<std::string>& earlier) const;

  /// Counts a vote for `answer`, and takes back the session's earlier vote, if any.
  void cast(const std::string& poll, const std::string& answer,
            const std::optional<std::string>& earlier);
  /// Takes back one vote. The poll stays, even without votes.
  void take_back(const std::string& poll, const std::string& answer);
  /// Removes a poll without votes and returns its name; nothing if there is none.
  std::optional<std::string> forget_empty();

  /// Null if there is no such poll.
  const tallies* find(std::string_view poll) const;
  /// The bytes of a poll's answers.
  std::size_t bytes_of(std::string_view poll) const;
  std::int64_t votes(std::string_view poll, const std::string& answer) const;
  const polls& all() const { return polls_; }

 private:
  polls polls_;
};

/// Polls in memory only. A vote is removed when its session's last connection closes.
class ephemeral_polls {
 public:
  bool has_room_for(const std::string& session, const std::string& poll, std::string_view answer,
                    const proto::limits& bounds) const;
  std::optional<std::string> vote_of(const std::string& session, const std::string& poll) const;
  void cast(const std::string& session, const std::string& poll, const std::string& answer);
  /// Removes the session's votes and returns their polls. These polls stay until another poll needs
  /// their place.
  std::vector<std::string> forget(const std::string& session);

  /// If this poll would exceed the limit, removes a poll without votes and returns its name.
  std::optional<std::string> make_place_for(const std::string& poll, const proto::limits& bounds);

  bool has_vote_of(const std::string& session) const { return votes_.contains(session); }
  const poll_tallies& tallies() const { return tallies_; }
  bool empty() const { return tallies_.all().empty(); }

 private:
  poll_tallies tallies_;
  /// Session -> poll -> answer.
  std::map<std::string, std::map<std::string, std::string>> votes_;
};

}  // namespace innkeeper::room
