#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Checks of the names of rooms and sessions. Pure functions: any thread.
namespace innkeeper::proto {

/// Nothing if `name` is a valid room name, else a sentence that says why not.
std::optional<std::string> room_name_fault(std::string_view name);

/// The same for an object of any kind.
std::optional<std::string> object_name_fault(std::string_view name);

/// Nothing if `id` is a valid session id, else a sentence that says why not.
std::optional<std::string> session_id_fault(std::string_view id);

}  // namespace innkeeper::proto
