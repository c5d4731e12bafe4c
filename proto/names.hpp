#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The names by which rooms and sessions are asked for. Pure functions: any thread.
namespace innkeeper::proto {

/// Nothing if `name` can be a room's name, else a sentence that says why not.
std::optional<std::string> room_name_fault(std::string_view name);

/// The same for the name of an object of any kind.
std::optional<std::string> object_name_fault(std::string_view name);

/// Nothing if `id` can be a session's id, else a sentence that says why not.
std::optional<std::string> session_id_fault(std::string_view id);

}  // namespace innkeeper::proto
