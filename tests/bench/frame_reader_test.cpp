#include "bench/load/frame_reader.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using innkeeper::bench::frame_reader;
using innkeeper::bench::opcode;
using innkeeper::bench::received_frame;

namespace {

std::string text_frame(const std::string& payload) {
  std::string frame(1, '\x81');
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    frame += '\x7E';
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xFF);
  } else {
    frame += '\x7F';
    for (int shift = 56; shift >= 0; shift -= 8) {
      frame += static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xFF);
    }
  }
  return frame + payload;
}

struct seen {
  std::vector<std::size_t> sizes;
  std::vector<std::string> beginnings;

  void operator()(const received_frame& frame) {
    sizes.push_back(frame.size);
    beginnings.emplace_back(frame.beginning.substr(0, 16));
  }
};

}  // namespace

TEST_CASE("a frame reader finds the same frames however the bytes are cut") {
  const std::string stream = text_frame(R"({"type":"chat","data":1})") + text_frame("") +
                             text_frame(std::string(125, 'a')) + text_frame(std::string(126, 'b')) +
                             text_frame(std::string(70'000, 'c')) + text_frame("end");
  const std::vector<std::size_t> sizes{24, 0, 125, 126, 70'000, 3};
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{7}, std::size_t{1000}, stream.size()}) {
    CAPTURE(piece);
    frame_reader reader;
    seen all;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.read(std::string_view(stream).substr(at, piece), all);
    }
    CHECK(all.sizes == sizes);
    CHECK(all.beginnings.front() == R"({"type":"chat",")");
    CHECK(all.beginnings.back() == "end");
  }
}

TEST_CASE("a frame reader tells pings and closes from texts") {
  frame_reader reader;
  std::vector<opcode> kinds;
  reader.read(std::string_view("\x89\x00\x88\x02\x03\xE8\x81\x01x", 9),
              [&](const received_frame& frame) { kinds.push_back(frame.kind); });
  CHECK(kinds == std::vector{opcode::ping, opcode::close, opcode::text});
}
