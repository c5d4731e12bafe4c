#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Which addresses belong together. Values: any thread.
namespace innkeeper::transport {

/// An IPv4 address, or the first 64 bits of an IPv6 address: what one client has to itself. An IPv4
/// address in IPv6's clothes is that IPv4 address.
std::uint64_t network_of(const boost::asio::ip::address& address);

/// The same in words: the IPv4 address, or the network as in "2001:db8::/64".
std::string network_text(std::uint64_t network);

/// The IPv4 address if it is one in IPv6's clothes, else the address itself.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

/// Networks given as CIDR ("10.0.0.0/8", "fd00::/8") or single addresses.
class address_set {
 public:
  /// False if `text` is neither; then nothing has changed.
  bool add(std::string_view text);
  bool contains(const boost::asio::ip::address& address) const;
  bool empty() const { return blocks_.empty(); }

 private:
  struct block {
    boost::asio::ip::address base;
    unsigned int bits = 0;
  };

  std::vector<block> blocks_;
};

}  // namespace innkeeper::transport
