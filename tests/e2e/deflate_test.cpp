// permessage-deflate (RFC 7692), offered, agreed on and abused. Packed frames are sent and looked
// at as bytes where a client library would hide them.
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "tests/support/raw_frame.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;
constexpr std::uint8_t packed_bit = 4;
constexpr const char* extensions = "sec-websocket-extensions";
constexpr const char* agreed =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

server_process& packing_server() {
  static server_process server(without_address_limits({.arguments = {"--test-echo", "--deflate"}}));
  return server;
}

std::string packed(const std::string& text) {
  z_stream out{};
  REQUIRE(deflateInit2(&out, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string bytes(deflateBound(&out, text.size()) + 16, '\0');
  out.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  out.avail_in = static_cast<uInt>(text.size());
  out.next_out = reinterpret_cast<Bytef*>(bytes.data());
  out.avail_out = static_cast<uInt>(bytes.size());
  deflate(&out, Z_SYNC_FLUSH);
  bytes.resize(bytes.size() - out.avail_out - 4);  // without the end that all have
  deflateEnd(&out);
  return bytes;
}

std::string unpacked(std::string bytes, std::size_t size_max) {
  bytes += std::string("\0\0\xFF\xFF", 4);
  z_stream in{};
  REQUIRE(inflateInit2(&in, -15) == Z_OK);
  std::string text(size_max, '\0');
  in.next_in = reinterpret_cast<Bytef*>(bytes.data());
  in.avail_in = static_cast<uInt>(bytes.size());
  in.next_out = reinterpret_cast<Bytef*>(text.data());
  in.avail_out = static_cast<uInt>(text.size());
  inflate(&in, Z_SYNC_FLUSH);
  text.resize(text.size() - in.avail_out);
  inflateEnd(&in);
  return text;
}

/// A client that shows frames as they are on the wire, and waits for them.
class wire_client {
 public:
  wire_client(const server_process& server, const std::string& target) {
    socket_.connect({asio::ip::address_v4::loopback(), server.port()});
    send("GET " + target +
         " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
    const auto size = asio::read_until(socket_, asio::dynamic_buffer(read_), "\r\n\r\n");
    head_ = read_.substr(0, size);
    read_.erase(0, size);
  }

  const std::string& head() const { return head_; }
  void send(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }

  struct frame {
    unsigned first_byte = 0;
    std::string payload;
  };

  frame next() {
    const auto head = take(2);
    auto size = static_cast<std::size_t>(static_cast<unsigned char>(head[1]));
    REQUIRE(size < 127);
    if (size == 126) {
      const auto two = take(2);
      size = static_cast<unsigned char>(two[0]) * 256U + static_cast<unsigned char>(two[1]);
    }
    return {static_cast<unsigned char>(head[0]), take(size)};
  }

 private:
  std::string take(std::size_t size) {
    if (read_.size() < size) {
      asio::read(socket_, asio::dynamic_buffer(read_),
                 asio::transfer_at_least(size - read_.size()));
    }
    auto taken = read_.substr(0, size);
    read_.erase(0, size);
    return taken;
  }

  asio::io_context io_;
  asio::ip::tcp::socket socket_{io_};
  std::string head_;
  std::string read_;
};

/// The code that the server closes with when it has been sent this.
unsigned closed_with(const std::string& bytes, const std::string& target = "/echo") {
  wire_client client(packing_server(), target);
  client.send(bytes);
  for (;;) {
    const auto frame = client.next();
    if (frame.first_byte != 0x88) continue;
    return static_cast<unsigned char>(frame.payload[0]) * 256U +
           static_cast<unsigned char>(frame.payload[1]);
  }
}

std::string packed_frame(opcode kind, const std::string& payload) {
  return bytes_of({kind, payload, true, packed_bit});
}

}  // namespace

TEST_CASE("deflate is agreed on if the server may and the client offers it", "[deflate]") {
  asio::io_context io;
  websocket_client offers(io);
  offers.offer_deflate();
  CHECK(offers.connect(packing_server().port(), "/echo").header(extensions).starts_with(agreed));
  CHECK(
      offers.connect(packing_server().port(), "/websocket").header(extensions).starts_with(agreed));
  websocket_client plain(io);
  CHECK(plain.connect(packing_server().port(), "/echo").header(extensions).empty());
  const server_process other;
  const auto answer = offers.connect(other.port(), "/websocket");
  CHECK(answer.accepted());
  CHECK(answer.header(extensions).empty());
}

TEST_CASE("packed messages come back, through sleep and in fragments", "[deflate]") {
  asio::io_context io;
  websocket_client client(io);
  client.offer_deflate();
  REQUIRE(client.connect(packing_server().port(), "/echo").accepted());
  const std::string longer(300'000, 'x');
  for (const auto& text : {std::string(), std::string("short"), std::string(500, 'y'), longer}) {
    client.send_text(text);
    const auto back = client.next_event(10s).value();
    CHECK(back.what == client_event::kind::text);
    CHECK((back.payload == text));
  }
  CHECK(
      client.nothing_for(2500ms));  // long enough for it to release its stream, and more than once
  client.send_binary(longer);
  const auto back = client.next_event(10s).value();
  CHECK(back.what == client_event::kind::binary);
  CHECK((back.payload == longer));

  wire_client wire(packing_server(), "/echo");
  const auto whole = packed(std::string(500, 'z'));
  wire.send(bytes_of({opcode::text, whole.substr(0, 3), false, packed_bit}) +
            bytes_of({opcode::ping, "p"}) +
            bytes_of({opcode::continuation, whole.substr(3), true}) +
            bytes_of({opcode::text, "not packed"}));
  CHECK(wire.next().payload == "p");
  const auto first = wire.next();
  CHECK(first.first_byte == 0xC1);
  CHECK(unpacked(first.payload, 1000) == std::string(500, 'z'));
  const auto second = wire.next();
  CHECK(second.first_byte == 0x81);
  CHECK(second.payload == "not packed");
}

TEST_CASE("a room's frames are packed for those who agreed, and plain for the others",
          "[deflate]") {
  asio::io_context io;
  wire_client packs(packing_server(), "/websocket?room=mixed");
  websocket_client plain(io);
  REQUIRE(plain.connect(packing_server().port(), "/websocket?room=mixed").accepted());
  packs.send(packed_frame(opcode::text, packed(R"({"type":"subscribe","data":"chat"})")));
  plain.send_text(R"({"type":"subscribe","data":"chat"})");
  plain.send_text(R"({"type":"profile"})");
  for (int i = 0; i < 3; ++i) REQUIRE(plain.next_event(10s).has_value());
  plain.send_text(R"({"type":"chat","data":")" + std::string(900, 'c') + R"("})");
  const auto heard = plain.next_event(10s).value();
  CHECK(heard.payload.starts_with(R"({"type":"chat")"));
  for (;;) {
    const auto frame = packs.next();
    if (frame.first_byte != 0xC1) continue;
    const auto text = unpacked(frame.payload, 10'000);
    if (!text.starts_with(R"({"type":"chat")")) continue;
    CHECK(text == heard.payload);
    CHECK(frame.payload.size() < text.size() / 3);
    break;
  }
}

TEST_CASE("what is packed to burst closes with 1009, and takes no memory", "[deflate]") {
  const auto before = packing_server().resident_kib();
  const auto bomb = packed(std::string(256 * mebibyte, 'b'));
  CHECK(bomb.size() < mebibyte);
  CHECK(closed_with(packed_frame(opcode::binary, bomb)) == 1009);
  CHECK(closed_with(packed_frame(opcode::text, bomb), "/websocket") == 1009);
  CHECK(packing_server().resident_kib() - before < 64L * 1024);
}

TEST_CASE("a packed message may be as long as a plain one, however badly it packs", "[deflate]") {
  const auto stored = [](std::size_t size) {
    std::string blocks;  // of the kind that packs nothing, RFC 1951 section 3.2.4
    constexpr std::size_t block_max = 0xFFFF;
    for (std::size_t done = 0; done < size;) {
      const auto part = std::min(block_max, size - done);
      blocks += '\0';
      for (const auto length : {part, part ^ 0xFFFFU}) {
        blocks += static_cast<char>(length & 0xFFU);
        blocks += static_cast<char>(length >> 8U);
      }
      blocks.append(part, 'x');
      done += part;
    }
    return blocks + '\0';
  };
  const auto no_frame = bytes_of({opcode::text, "a", true, 2});
  const auto longest = packed_frame(opcode::text, stored(mebibyte));
  CHECK(closed_with(longest + no_frame, "/websocket") == 1002);
  CHECK(closed_with(packed_frame(opcode::text, stored(mebibyte + 1)), "/websocket") == 1009);
  const auto plain = bytes_of({opcode::text, std::string(mebibyte + 1, 'x')});
  CHECK(closed_with(plain, "/websocket") == 1009);
}

TEST_CASE("packed messages count as what they are, and as what comes", "[deflate]") {
  server_options options;
  options.arguments = {"--deflate", "--bytes-per-second", "1000", "--bytes-burst", "20000"};
  const server_process server(options);
  const bool grows = GENERATE(true, false);
  // Either 18,000 bytes that come as few, or a short message behind 18,000 bytes of nothing.
  const std::string message = R"({"type":"profile"})" + std::string(grows ? 18'000 : 0, ' ');
  std::string nothing;
  for (int i = 0; !grows && i < 3600; ++i) nothing += std::string("\0\0\0\xFF\xFF", 5);
  wire_client client(server, "/websocket?room=r");
  const auto frame = packed_frame(opcode::text, nothing + packed(message));
  for (int i = 0; i < 3; ++i) client.send(frame);
  std::string answers;
  for (int i = 0; i < 4; ++i) {  // config, profile, and what the three became
    const auto answer = client.next();
    const bool is_packed = (answer.first_byte & 0x40U) != 0;
    answers += is_packed ? unpacked(answer.payload, 10'000) : answer.payload;
  }
  CHECK(answers.find("rate_limited") != std::string::npos);
}

TEST_CASE("a huge length closes with 1009 whether packed or not, and takes no memory",
          "[deflate]") {
  const auto before = packing_server().resident_kib();
  constexpr std::uint64_t huge = std::uint64_t{1} << 62U;
  const auto kind = GENERATE(opcode::text, opcode::binary);
  const std::uint8_t bits = GENERATE(std::uint8_t{0}, packed_bit);
  CHECK(closed_with(head_of({kind, "", true, bits}, huge)) == 1009);
  CHECK(closed_with(head_of({kind, "", false, bits}, huge) + "x", "/websocket") == 1009);
  CHECK(closed_with(head_of({kind, "", true, bits}, 17 * mebibyte)) == 1009);
  CHECK(packing_server().resident_kib() - before < 8L * 1024);
}

TEST_CASE("what is packed wrongly closes with 1007, what is marked wrongly with 1002",
          "[deflate]") {
  CHECK(closed_with(packed_frame(opcode::binary, "\xFF\xFF\xFF")) == 1007);
  CHECK(closed_with(packed_frame(opcode::text, packed("\xFF"))) == 1007);
  const auto whole = packed("cut off");
  CHECK(closed_with(packed_frame(opcode::text, whole.substr(0, whole.size() - 2))) == 1007);
  CHECK(closed_with(bytes_of({opcode::text, "a", false}) +
                    packed_frame(opcode::continuation, "b")) == 1002);
  CHECK(closed_with(packed_frame(opcode::ping, "b")) == 1002);
  CHECK(closed_with(bytes_of({opcode::text, "a", true, 2})) == 1002);
  asio::io_context io;
  websocket_client never_agreed(io);
  REQUIRE(never_agreed.connect(packing_server().port(), "/echo").accepted());
  never_agreed.send_bytes(packed_frame(opcode::text, packed("text")));
  CHECK(never_agreed.next_event(10s).value().code == 1002);
}

}  // namespace innkeeper::testing
