#include "proto/digest.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::proto {
namespace {

TEST_CASE("a SHA-256 is written as 64 lower-case hex digits") {
  // FIPS 180-4 examples.
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("an object's id is the SHA-256 of the room's name alone, case and all") {
  CHECK(object_id("abc") == sha256_hex("abc"));
  CHECK(object_id("Abc") != object_id("abc"));
  CHECK(object_id("caf\xC3\xA9").size() == 64);
}

}  // namespace
}  // namespace innkeeper::proto
