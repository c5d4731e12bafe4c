// The server's frames as the protocol describes them, for the model.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/simulation/message_generator.hpp"

namespace innkeeper::simulation {

using channel_map = std::map<std::string, std::set<std::string>>;

/// For texts without anything to escape.
std::string in_quotes(const std::string& plain);
std::string decimal_text(std::int64_t hundredths);
std::string channels_json(const channel_map& channels);
std::string login_json(const properties& login, bool only_public,
                       const std::optional<channel_map>& channels = std::nullopt);
std::string poll_frame(bool ephemeral, const std::string& id_json,
                       const std::map<std::string, std::string>& votes);
std::string counter_frame(const std::string& id_json, std::int64_t hundredths);
std::string frame_of(const std::string& type, const std::optional<std::string>& data);

}  // namespace innkeeper::simulation
