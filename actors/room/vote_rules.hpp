#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/room/client_message.hpp"
#include "actors/room/polls.hpp"
#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// What a vote may do to a poll, and how much more is stored by it. Pure functions: any thread.
namespace innkeeper::room {

/// Why this vote may not be cast; nothing if it may. `earlier` is what the session has voted
/// before.
std::optional<proto::protocol_error> fault_of_vote(const vote_message& vote,
                                                   const poll_tallies& polls,
                                                   const std::optional<std::string>& earlier,
                                                   const proto::limits& bounds);

/// How many bytes more the rows of votes and tallies will hold; fewer are negative.
std::int64_t bytes_of_vote(const vote_message& vote, const std::string& session,
                           const poll_tallies& polls, const std::optional<std::string>& earlier);

}  // namespace innkeeper::room
