#include "transport/socket/address.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>
#include <optional>
#include <string>

namespace innkeeper::transport {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned int v4_bits = 32;
constexpr unsigned int v6_bits = 128;

constexpr std::size_t network_bytes = 8;
constexpr std::uint64_t v4_network = 0x0000FFFF'00000000U;  // 0:ffff::/32 is nobody's network
constexpr std::uint64_t own_network = 1;  // ::/64 has the loopback address; 0 stands for nobody

template <std::size_t Size>
bool same_bits(const std::array<unsigned char, Size>& a, const std::array<unsigned char, Size>& b,
               unsigned int bits) {
  for (std::size_t i = 0; i < Size && bits > 0; ++i) {
    const auto taken = std::min(bits, 8U);
    const auto mask = static_cast<unsigned char>(0xFF00U >> taken);
    if (((a[i] ^ b[i]) & mask) != 0) return false;
    bits -= taken;
  }
  return true;
}

std::optional<unsigned int> read_bits(std::string_view text, unsigned int most) {
  unsigned int bits = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, bits);
  if (error != std::errc{} || stop != end || bits > most) return std::nullopt;
  return bits;
}

}  // namespace

ip::address plain_address(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

std::uint64_t network_of(const ip::address& address) {
  const auto plain = plain_address(address);
  if (plain.is_v4()) return v4_network | plain.to_v4().to_uint();
  const auto bytes = plain.to_v6().to_bytes();
  std::uint64_t network = 0;
  for (std::size_t i = 0; i < network_bytes; ++i) network = network << 8 | bytes.at(i);
  return network == 0 ? own_network : network;
}

std::string network_text(std::uint64_t network) {
  if (network >> v4_bits == v4_network >> v4_bits) {
    return ip::address_v4(static_cast<ip::address_v4::uint_type>(network)).to_string();
  }
  if (network == own_network) network = 0;
  ip::address_v6::bytes_type bytes{};
  for (std::size_t i = network_bytes; i-- > 0; network >>= 8U) {
    bytes.at(i) = static_cast<unsigned char>(network);
  }
  return ip::address_v6(bytes).to_string() + "/64";
}

bool address_set::add(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return false;
  const auto most = address.is_v4() ? v4_bits : v6_bits;
  auto bits = std::optional(most);
  if (slash != std::string_view::npos) bits = read_bits(text.substr(slash + 1), most);
  if (!bits) return false;
  const auto base = plain_address(address);
  const auto mapped_bits = address.is_v6() && base.is_v4() ? v6_bits - v4_bits : 0;
  if (*bits < mapped_bits) return false;
  blocks_.push_back({base, *bits - mapped_bits});
  return true;
}

bool address_set::contains(const ip::address& address) const {
  const auto plain = plain_address(address);
  return std::ranges::any_of(blocks_, [&](const block& each) {
    if (each.base.is_v4() != plain.is_v4()) return false;
    if (plain.is_v4()) {
      return same_bits(each.base.to_v4().to_bytes(), plain.to_v4().to_bytes(), each.bits);
    }
    return same_bits(each.base.to_v6().to_bytes(), plain.to_v6().to_bytes(), each.bits);
  });
}

}  // namespace innkeeper::transport
