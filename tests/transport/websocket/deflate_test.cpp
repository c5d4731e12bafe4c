#include "transport/websocket/deflate.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/limits.hpp"
#include "transport/websocket/deflate_offer.hpp"

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;
using fault = deflate_codec::fault;

constexpr const char* plainly =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

std::optional<std::string> answer_to(const std::string& offers) {
  http_request request;
  if (!offers.empty()) request.set(http::field::sec_websocket_extensions, offers);
  return deflate_answer(request);
}

std::string packed(deflate_codec& codec, const std::string& payload) {
  const proto::frame plain(payload);
  const auto frame = codec.packed(plain);
  REQUIRE(frame.wire() != plain.wire());
  return std::string(frame.payload());
}

TEST_CASE("the first offer of permessage-deflate that can be kept is taken") {
  CHECK(answer_to("permessage-deflate") == plainly);
  CHECK(answer_to("Permessage-Deflate ; Client_max_window_bits") == plainly);
  CHECK(answer_to("permessage-deflate; client_max_window_bits=8") == plainly);
  CHECK(answer_to("permessage-deflate;server_no_context_takeover;client_no_context_takeover") ==
        plainly);
  CHECK(answer_to("x-webkit-deflate-frame, permessage-deflate") == plainly);
  CHECK(answer_to("permessage-deflate; server_max_window_bits=\"15\"") ==
        std::string(plainly) + "; server_max_window_bits=15");
  CHECK(answer_to("permessage-deflate; server_max_window_bits=10, permessage-deflate") == plainly);
  CHECK(answer_to("permessage-deflate; x, permessage-deflate;client_max_window_bits") == plainly);
  http_request lines;
  lines.insert(http::field::sec_websocket_extensions, "permessage-bzip2");
  lines.insert(http::field::sec_websocket_extensions, "permessage-deflate");
  CHECK(deflate_answer(lines) == plainly);
}

TEST_CASE("offers that are wrong, unknown or of a smaller window are declined") {
  const auto* offer = GENERATE(
      "", ",", "permessage-deflat", "permessage-deflate; unknown",
      "permessage-deflate; server_max_window_bits=14", "permessage-deflate; server_max_window_bits",
      "permessage-deflate; client_max_window_bits=7",
      "permessage-deflate; client_max_window_bits=16",
      "permessage-deflate; client_max_window_bits=015",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
      "permessage-deflate;;");
  INFO(offer);
  CHECK_FALSE(answer_to(offer));
}

TEST_CASE("a frame is packed once for all who share it") {
  deflate_codec codec;
  const proto::frame plain(std::string(1000, 'a'), "poll:x");
  const auto first = codec.packed(plain);
  const std::vector<proto::frame> shared(2, plain);
  CHECK(codec.packed(shared.back()).wire().data() == first.wire().data());
  CHECK(static_cast<unsigned char>(first.wire()[0]) == 0xC1);
  CHECK(first.state() == "poll:x");
  CHECK(first.wire().size() < 40);
  CHECK(codec.unpack(first.payload(), 1000).message == plain.payload());
  const auto binary = codec.packed(proto::frame::binary(std::string(1000, 'a')));
  CHECK(static_cast<unsigned char>(binary.wire()[0]) == 0xC2);
  CHECK(codec.packed(proto::frame::first_value(std::string(99, 'a'), "x")).is_first_value());
}

TEST_CASE("what is too short, too long or no shorter when packed goes as it is") {
  deflate_codec codec;
  const auto is_plain = [&](const std::string& payload) {
    const proto::frame plain(payload);
    return codec.packed(plain).wire().data() == plain.wire().data();
  };
  CHECK(is_plain(std::string(deflate_codec::payload_bytes_min - 1, 'a')));
  CHECK_FALSE(is_plain(std::string(deflate_codec::payload_bytes_min, 'a')));
  CHECK_FALSE(is_plain(std::string(deflate_codec::payload_bytes_max, 'a')));
  CHECK(is_plain(std::string(deflate_codec::payload_bytes_max + 1, 'a')));
  std::string every_byte_once;
  for (int i = 0; i < 256; ++i) every_byte_once += static_cast<char>(i);
  CHECK(is_plain(every_byte_once));
}

TEST_CASE("unpacking gives at most the bound, and nothing of what is broken") {
  deflate_codec codec;
  const auto bomb = packed(codec, std::string(60'000, 'a'));
  CHECK(codec.unpack(bomb, 60'000).message.size() == 60'000);
  CHECK(codec.unpack(bomb, 0).message.size() == 60'000);
  const auto over = codec.unpack(bomb, 59'999);
  CHECK(over.what == fault::too_long);
  CHECK(over.message.size() <= 60'000);
  for (const auto& bad :
       {std::string("\xFF\xFF"), bomb.substr(0, bomb.size() - 2), std::string("a")}) {
    CHECK(codec.unpack(bad, 0).what == fault::broken);
  }
  CHECK(codec.unpack(bomb, 60'000).what == fault::none);  // nothing stays of the broken ones
}

TEST_CASE("a message may have a final block, or nothing in it") {
  deflate_codec codec;
  // RFC 7692 section 7.2.3.4
  CHECK(codec.unpack("\xF3\x48\xCD\xC9\xC9\x07" + std::string(2, '\0'), 5).message == "Hello");
  const auto nothing = codec.unpack(std::string(1, '\0'), 100);
  CHECK(nothing.what == fault::none);
  CHECK(nothing.message.empty());
}

TEST_CASE("a message may end within itself, but not without end") {
  deflate_codec codec;
  const std::string hello("\xF3\x48\xCD\xC9\xC9\x07\x00", 7);
  const std::string empty_end("\x03\x00", 2);  // RFC 1951: a last block with nothing in it
  std::string ends;
  for (int i = 0; i < proto::deflate_ends_max; ++i) ends += empty_end;
  CHECK(codec.unpack(ends + hello + '\0', 0).message == "Hello");
  CHECK(codec.unpack(ends + empty_end + hello + '\0', 0).what == deflate_codec::fault::broken);
}

}  // namespace
}  // namespace innkeeper::transport
