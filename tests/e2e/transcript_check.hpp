// Compares what one client heard in a step with the list that the step expects of it.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "tests/e2e/json_match.hpp"
#include "tests/support/exact_json.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {

/// How many events a client must have heard before the list can be fulfilled.
std::size_t events_wanted(const exact_json& list);

/// Nothing if the events are what the list asks for, in this order, and no more.
std::optional<std::string> hearing_difference(const exact_json& list,
                                              const std::deque<client_event>& events,
                                              const std::string& client,
                                              const session_names& sessions);

}  // namespace innkeeper::testing
