// What clients and rooms say, as the JSON on the wire. Every connection comes from the Netherlands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace innkeeper::testing {

// ---- what a client says

std::string vote(std::string_view type, std::string_view id, std::string_view answer);
/// `value` is JSON. The frame that answers looks the same.
std::string count(std::string_view id, std::string_view value);
std::string subscribe(std::string_view channel);
std::string unsubscribe(std::string_view channel);
std::string relay(std::string_view type);

// ---- what a room says

std::string config(std::string_view text);
std::string profile(std::int64_t suffix, std::string_view session,
                    std::string_view properties = "{}", std::string_view role = "user");
std::string stats(std::string_view type, std::string_view id, std::string_view votes);
/// What admins are relayed of a message: `type_and_data` is its inside.
std::string relayed(std::string_view type, std::string_view type_and_data, std::int64_t suffix,
                    std::string_view session, std::string_view properties = "{}",
                    std::string_view role = "user");

}  // namespace innkeeper::testing
