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

/// The rules of polls: one vote per session and poll, voting again moves it. No I/O. On the room's
/// loop.
namespace innkeeper::room {

/// The tallies of a room's polls. Who voted what is looked up elsewhere and handed in.
class poll_tallies {
 public:
  using polls = std::map<std::string, tallies, std::less<>>;

  /// Puts a tally as it was stored. Costs least in the order of polls and answers.
  void restore(std::string_view poll, std::string_view answer, std::int64_t votes);

  /// Whether a vote for this answer keeps the limits on polls and answers. The session's earlier
  /// vote is taken back by it.
  bool has_room_for(std::string_view poll, std::string_view answer,
                    const std::optional<std::string>& earlier, const proto::limits& bounds) const;

  /// The poll's stats as they would be after such a vote.
  tallies after(std::string_view poll, const std::string& answer,
                const std::optional<std::string>& earlier) const;

  /// Counts a vote for `answer`, and takes back the session's earlier one if there is one.
  void cast(const std::string& poll, const std::string& answer,
            const std::optional<std::string>& earlier);
  /// The poll stays, without votes if it was the last.
  void take_back(const std::string& poll, const std::string& answer);
  /// Forgets one that nobody has a vote in; nothing if there is none.
  std::optional<std::string> forget_empty();

  /// Null if there is no such poll.
  const tallies* find(std::string_view poll) const;
  /// Of a poll's answers.
  std::size_t bytes_of(std::string_view poll) const;
  std::int64_t votes(std::string_view poll, const std::string& answer) const;
  const polls& all() const { return polls_; }

 private:
  polls polls_;
};

/// Polls that only memory knows: a vote goes when its session has no connection left.
class ephemeral_polls {
 public:
  bool has_room_for(const std::string& session, const std::string& poll, std::string_view answer,
                    const proto::limits& bounds) const;
  std::optional<std::string> vote_of(const std::string& session, const std::string& poll) const;
  void cast(const std::string& session, const std::string& poll, const std::string& answer);
  /// The polls that the session had voted in. They stay, as long as no other needs their place.
  std::vector<std::string> forget(const std::string& session);

  /// If this poll would be one too many, one without votes goes for it: which.
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
