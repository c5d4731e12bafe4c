#include "actors/room/vote_rules.hpp"

#include "actors/room/room_size.hpp"

namespace innkeeper::room {

std::optional<proto::protocol_error> fault_of_vote(const vote_message& vote,
                                                   const poll_tallies& polls,
                                                   const std::optional<std::string>& earlier,
                                                   const proto::limits& bounds) {
  if (!polls.has_room_for(vote.poll.name, vote.answer, earlier, bounds)) {
    return proto::protocol_error{proto::error_code::limit,
                                 "A room may have " + std::to_string(bounds.polls) +
                                     " polls, and a poll " + std::to_string(bounds.answers) +
                                     " answers."};
  }
  if (bounds.stats_bytes == 0 || polls.votes(vote.poll.name, vote.answer) > 0) return std::nullopt;
  const auto stats = polls.after(vote.poll.name, vote.answer, earlier);
  const auto frame = encode_poll(vote.ephemeral, vote.poll.json, stats);
  if (!proto::is_over(frame.size(), bounds.stats_bytes)) return std::nullopt;
  return proto::protocol_error{proto::error_code::limit,
                               "A poll's answers may take at most " +
                                   std::to_string(bounds.stats_bytes) +
                                   " bytes together; this one is too much."};
}

std::int64_t bytes_of_vote(const vote_message& vote, const std::string& session,
                           const poll_tallies& polls, const std::optional<std::string>& earlier) {
  const auto& poll = vote.poll.name;
  if (earlier == vote.answer) return 0;
  auto more = signed_size(vote.answer.size());
  more += earlier ? -signed_size(earlier->size()) : signed_size(poll.size() + session.size());
  if (polls.votes(poll, vote.answer) == 0) more += signed_size(poll.size() + vote.answer.size());
  if (earlier && polls.votes(poll, *earlier) == 1) {
    more -= signed_size(poll.size() + earlier->size());
  }
  return more;
}

}  // namespace innkeeper::room
