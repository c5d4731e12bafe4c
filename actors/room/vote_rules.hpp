#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/room/client_message.hpp"
#include "actors/room/polls.hpp"
#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// Checks whether a vote is allowed, and how many bytes it adds. Pure functions: any thread.
namespace innkeeper::room {

/// Returns why the vote is refused; nothing if it is allowed. `earlier` is the session's earlier
/// vote.
std::optional<proto::protocol_error> fault_of_vote(const vote_message& vote,
                                                   const poll_tallies& polls,
                                                   const std::optional<std::string>& earlier,
                                                   const proto::limits& bounds);

/// The change in bytes of the vote and tally rows; may be negative.
std::int64_t bytes_of_vote(const vote_message& vote, const std::string& session,
                           const poll_tallies& polls, const std::optional<std::string>& earlier);

}  // namespace innkeeper::room
