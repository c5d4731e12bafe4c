#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/system/result.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "transport/http/connection_details.hpp"

/// Where an address is, by a database in MaxMind's format (GeoLite2 City, ASN and their like). The
/// file is mapped into memory and only read: any thread.
namespace innkeeper::transport {

class geo_reader {
 public:
  /// The error is a sentence.
  static boost::system::result<std::shared_ptr<const geo_reader>, std::string> open(
      const std::filesystem::path& file);

  /// What is known. Empty if the address is not in the database.
  place_fields fields(const boost::asio::ip::address& address) const;

 private:
  struct database;

  explicit geo_reader(std::shared_ptr<const database> opened) : database_(std::move(opened)) {}

  std::shared_ptr<const database> database_;
};

}  // namespace innkeeper::transport
