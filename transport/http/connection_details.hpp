#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "transport/http/remote_client.hpp"

/// What a session is told of its own connection: its address, and where that is. The keys are those
/// of Cloudflare's request.cf. Pure functions: any thread.
namespace innkeeper::transport {

class geo_reader;

struct place_field {
  /// Of static life.
  std::string_view key;
  /// UTF-8, or the number of a network.
  std::variant<std::string, std::uint32_t> value;
};
using place_fields = std::vector<place_field>;

/// What Cloudflare's visitor location headers tell.
place_fields cloudflare_fields(const http_request& request);

/// The address, and what a trusted proxy's headers or the database tell of it: a JSON object.
/// `places` may be null.
std::string connection_details(const remote_client& who, const http_request& request,
                               const geo_reader* places);

}  // namespace innkeeper::transport
