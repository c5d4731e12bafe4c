#include "transport/http/geo_reader.hpp"

#include <maxminddb.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "proto/json_text.hpp"

namespace innkeeper::transport {
namespace {

/// Where MaxMind keeps what request.cf calls so (dev.maxmind.com, "GeoIP2 Databases"). A path ends
/// with a null pointer.
struct field_place {
  std::string_view key;
  std::array<const char*, 5> path;
};

constexpr std::array<field_place, 11> places{{
    {"country", {"country", "iso_code"}},
    {"continent", {"continent", "code"}},
    {"city", {"city", "names", "en"}},
    {"region", {"subdivisions", "0", "names", "en"}},
    {"regionCode", {"subdivisions", "0", "iso_code"}},
    {"postalCode", {"postal", "code"}},
    {"timezone", {"location", "time_zone"}},
    {"latitude", {"location", "latitude"}},
    {"longitude", {"location", "longitude"}},
    {"asn", {"autonomous_system_number"}},
    {"asOrganization", {"autonomous_system_organization"}},
}};

/// Coordinates are texts, as request.cf has them; a system's number is one.
std::optional<std::variant<std::string, std::uint32_t>> value_of(const MMDB_entry_data_s& data) {
  switch (data.type) {
    case MMDB_DATA_TYPE_UTF8_STRING: {
      const std::string_view text(data.utf8_string, data.data_size);
      if (!proto::is_utf8(text)) return std::nullopt;
      return std::string(text);
    }
    case MMDB_DATA_TYPE_DOUBLE: {
      std::array<char, 32> text{};
      const int size = std::snprintf(text.data(), text.size(), "%.5f", data.double_value);
      return std::string(text.data(), static_cast<std::size_t>(size));
    }
    case MMDB_DATA_TYPE_UINT32:
      return data.uint32;
    default:
      return std::nullopt;
  }
}

}  // namespace

struct geo_reader::database {
  MMDB_s file{};

  database() = default;
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() {
    if (file.filename != nullptr) MMDB_close(&file);
  }
};

boost::system::result<std::shared_ptr<const geo_reader>, std::string> geo_reader::open(
    const std::filesystem::path& file) {
  auto opened = std::make_shared<database>();
  const int status = MMDB_open(file.c_str(), MMDB_MODE_MMAP, &opened->file);
  if (status != MMDB_SUCCESS) {
    opened->file.filename = nullptr;
    return "--geoip: '" + file.string() +
           "' cannot be read as a MaxMind database: " + MMDB_strerror(status);
  }
  return std::shared_ptr<const geo_reader>(new geo_reader(std::move(opened)));
}

place_fields geo_reader::fields(const boost::asio::ip::address& address) const {
  const boost::asio::ip::tcp::endpoint place(address, 0);
  int error = MMDB_SUCCESS;
  auto found = MMDB_lookup_sockaddr(&database_->file, place.data(), &error);
  place_fields known;
  if (error != MMDB_SUCCESS || !found.found_entry) return known;
  for (const auto& [key, path] : places) {
    MMDB_entry_data_s data{};
    if (MMDB_aget_value(&found.entry, &data, path.data()) != MMDB_SUCCESS || !data.has_data) {
      continue;
    }
    if (auto value = value_of(data)) known.push_back({key, std::move(*value)});
  }
  return known;
}

}  // namespace innkeeper::transport
