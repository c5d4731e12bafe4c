#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "transport/websocket/upgrade_request.hpp"

/// The parts of a request that handlers ask for: target, query, header fields and cookies. Pure
/// functions: any thread.
namespace innkeeper::transport {

/// The target without the scheme and host that it may begin with (RFC 9112 section 3.2.2).
std::string_view origin_form(std::string_view target);

/// The path of a target, without query.
std::string_view path_of(std::string_view target);

/// A path `/objects/KIND/NAME...`; nothing if it is none of these.
struct object_path {
  /// Percent-decoded, as the name.
  std::string kind;
  std::string name;
  /// What stands behind the name, as it was sent: empty, or it begins with a slash.
  std::string rest;
};
std::optional<object_path> path_of_object(std::string_view target);

/// All parameters, form-decoded, in order.
std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view target);

/// The first parameter of this name, form-decoded ('+' is a space, a bad percent sign stays);
/// nothing if there is none.
std::optional<std::string> query_parameter(std::string_view target, std::string_view name);

/// The first cookie of this name, without quotes and percent-decoded; nothing if there is none.
std::optional<std::string> cookie(const http_request& request, std::string_view name);

/// All header fields, names in lower case, in order.
std::vector<std::pair<std::string, std::string>> header_fields(const http_request& request);

/// Percent-encoded, as a cookie's value holds it.
std::string percent_encoded(std::string_view text);

}  // namespace innkeeper::transport
