// What a room says, one line of text for each output, so that a test can compare a turn's outputs
// by type and in order. JSON is compared by value: frames are shown with their keys sorted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/room/room_message.hpp"

namespace innkeeper::testing {

using lines = std::vector<std::string>;

/// Each of `outputs` has to be a room_output.
lines shown(const std::vector<durable::object_output>& outputs);

// What `shown` gives for one output. Frames are given by their payload.
std::string admitted(room::connection_id who, std::string_view channels, std::string_view config,
                     std::string_view profile);
std::string to_one(room::connection_id whom, std::string_view payload);
std::string to_each(const std::vector<room::connection_id>& whom, std::string_view payload);
std::string to_all(std::string_view payload);
std::string published(std::string_view channel, std::string_view payload);
std::string subscribed(std::string_view session, std::string_view channel);
std::string unsubscribed(std::string_view session, std::string_view channel);
std::string made_admin(room::connection_id who);
std::string closed(room::connection_id who);

/// An error frame by its code alone: the sentences are for people.
std::string error_to(room::connection_id whom, std::string_view code);

}  // namespace innkeeper::testing
