#include "transport/http/connection_details.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "proto/json_text.hpp"
#include "proto/limits.hpp"
#include "transport/http/geo_reader.hpp"

namespace innkeeper::transport {

place_fields cloudflare_fields(const http_request& request) {
  // Cloudflare's names: "Add visitor location headers" and, for the country, "CF-IPCountry".
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> names{{
      {"CF-IPCountry", "country"},
      {"cf-ipcity", "city"},
      {"cf-ipcontinent", "continent"},
      {"cf-iplatitude", "latitude"},
      {"cf-iplongitude", "longitude"},
      {"cf-region", "region"},
      {"cf-region-code", "regionCode"},
      {"cf-metro-code", "metroCode"},
      {"cf-postal-code", "postalCode"},
      {"cf-timezone", "timezone"},
  }};
  place_fields fields;
  for (const auto& [header, key] : names) {
    const auto found = request.find({header.data(), header.size()});
    if (found == request.end()) continue;
    const std::string_view value(found->value().data(), found->value().size());
    if (value.empty() || value.size() > proto::place_field_bytes_max) continue;
    if (!proto::is_utf8(value)) continue;
    fields.push_back({key, std::string(value)});
  }
  return fields;
}

std::string connection_details(const remote_client& who, const http_request& request,
                               const geo_reader* places) {
  nlohmann::ordered_json details{{"clientIp", who.address.to_string()}};
  auto fields = who.behind_proxy ? cloudflare_fields(request) : place_fields();
  if (fields.empty() && places != nullptr) fields = places->fields(who.address);
  for (const auto& [key, value] : fields) {
    std::visit([&details, name = std::string(key)](const auto& known) { details[name] = known; },
               value);
  }
  return details.dump();
}

}  // namespace innkeeper::transport
