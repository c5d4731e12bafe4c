#include "transport/websocket/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

#include "proto/limits.hpp"

namespace innkeeper::transport {
namespace {

constexpr int window_bits = 15;
constexpr int memory_level = 8;  // zlib's own choice
/// What ends every packed message and is not sent (RFC 7692 section 7.2.1).
constexpr std::string_view tail("\x00\x00\xFF\xFF", 4);
/// What is unpacked at a time.
constexpr std::size_t piece_bytes = std::size_t{16} * 1024;

Bytef* bytes_of(std::string_view text) {
  // zlib's interface is older than const.
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

/// Goes on where the last piece ended, until all of it is read or something is wrong.
deflate_codec::fault unpack_piece(z_stream& in, std::string_view piece, std::string& message,
                                  std::size_t bytes_max) {
  std::array<char, piece_bytes> space;
  int ends = 0;
  in.next_in = bytes_of(piece);
  in.avail_in = static_cast<uInt>(piece.size());
  for (;;) {
    in.next_out = bytes_of({space.data(), space.size()});
    const auto given = std::min(space.size(), bytes_max - message.size() + 1);
    in.avail_out = static_cast<uInt>(given);
    const auto result = ::inflate(&in, Z_SYNC_FLUSH);
    const bool full = in.avail_out == 0;
    message.append(space.data(), given - in.avail_out);
    if (message.size() > bytes_max) return deflate_codec::fault::too_long;
    if (result == Z_STREAM_END) {
      if (++ends > proto::deflate_ends_max) return deflate_codec::fault::broken;
      if (::inflateReset(&in) == Z_OK && in.avail_in > 0) continue;
    }
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return deflate_codec::fault::broken;
    }
    if (!full && in.avail_in == 0) return deflate_codec::fault::none;
  }
}

}  // namespace

deflate_codec& deflate_codec::of_this_thread() {
  static thread_local deflate_codec its;
  return its;
}

deflate_codec::deflate_codec()
    : out_(std::make_unique<z_stream>(z_stream{})), in_(std::make_unique<z_stream>(z_stream{})) {
  const bool made = ::deflateInit2(out_.get(), Z_BEST_SPEED, Z_DEFLATED, -window_bits, memory_level,
                                   Z_DEFAULT_STRATEGY) == Z_OK;
  if (!made || ::inflateInit2(in_.get(), -window_bits) != Z_OK) throw std::bad_alloc();
}

deflate_codec::~deflate_codec() {
  ::deflateEnd(out_.get());
  ::inflateEnd(in_.get());
}

proto::frame deflate_codec::packed(const proto::frame& plain) {
  return plain.in_other_shape([this](const proto::frame& each) { return pack(each); });
}

proto::frame deflate_codec::pack(const proto::frame& plain) {
  const auto payload = plain.payload();
  if (payload.size() < payload_bytes_min || payload.size() > payload_bytes_max) return {};
  ::deflateReset(out_.get());
  std::string bytes(::deflateBound(out_.get(), payload.size()) + tail.size(), '\0');
  out_->next_in = bytes_of(payload);
  out_->avail_in = static_cast<uInt>(payload.size());
  out_->next_out = bytes_of(bytes);
  out_->avail_out = static_cast<uInt>(bytes.size());
  ::deflate(out_.get(), Z_SYNC_FLUSH);
  bytes.resize(bytes.size() - out_->avail_out);
  if (!bytes.ends_with(tail) || bytes.size() - tail.size() >= payload.size()) return {};
  bytes.resize(bytes.size() - tail.size());
  return proto::frame::deflated(plain, bytes);
}

deflate_codec::unpacked deflate_codec::unpack(std::string_view packed, std::size_t bytes_max) {
  unpacked result;
  const auto most = bytes_max == 0 ? std::numeric_limits<std::size_t>::max() - 1 : bytes_max;
  ::inflateReset(in_.get());
  for (const auto piece : {packed, tail}) {
    result.what = unpack_piece(*in_, piece, result.message, most);
    if (result.what != fault::none) return result;
  }
  // zlib: 128 stands for "between two blocks". A message that ends elsewhere was cut off.
  if ((in_->data_type & 128) == 0) result.what = fault::broken;
  return result;
}

}  // namespace innkeeper::transport
