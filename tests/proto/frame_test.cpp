#include "proto/frame.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::proto {
namespace {

using namespace std::string_literals;

/// RFC 6455 section 5.2: 0x81 is FIN with opcode 1, text; no length has the mask bit.
void check_wire(std::size_t payload_size, const std::string& header) {
  const std::string payload(payload_size, 'x');
  const frame made(payload);
  INFO(payload_size);
  CHECK(made.wire().substr(0, header.size()) == header);
  CHECK(made.wire().size() == header.size() + payload_size);
  CHECK((made.payload() == payload));  // the brackets keep 64 KiB out of the report
}

TEST_CASE("a frame of up to 125 bytes has its length in seven bits") {
  check_wire(0, "\x81\x00"s);
  check_wire(1, "\x81\x01"s);
  check_wire(125, "\x81\x7D"s);
}

TEST_CASE("a frame of 126 to 65535 bytes has its length in two bytes, high byte first") {
  check_wire(126, "\x81\x7E\x00\x7E"s);
  check_wire(256, "\x81\x7E\x01\x00"s);
  check_wire(65535, "\x81\x7E\xFF\xFF"s);
}

TEST_CASE("a frame of 65536 bytes and more has its length in eight bytes, high byte first") {
  check_wire(65536, "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
  check_wire(1024 * 1024 + 2, "\x81\x7F\x00\x00\x00\x00\x00\x10\x00\x02"s);
}

TEST_CASE("a binary frame differs from a text frame in its opcode alone") {
  CHECK(frame::binary("ab").wire() ==
        "\x82\x02"
        "ab");
  CHECK(frame::binary("ab").payload() == "ab");
  CHECK(frame::binary(std::string(126, 'x')).wire().substr(0, 4) == "\x82\x7E\x00\x7E"s);
}

TEST_CASE("a frame carries its payload unmasked, byte for byte") {
  const auto payload = "caf\xC3\xA9\0\xFF!"s;
  const frame made(payload);
  CHECK(made.wire() == "\x81\x08"s + payload);
  CHECK(made.payload() == payload);
}

TEST_CASE("copies of a frame share its bytes") {
  const frame made("payload");
  const frame copy = made;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(copy.wire().data() == made.wire().data());
}

}  // namespace
}  // namespace innkeeper::proto
