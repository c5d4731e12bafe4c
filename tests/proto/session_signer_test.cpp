#include "proto/session_signer.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"

using innkeeper::proto::session_signer;

TEST_CASE("a signed session id is known again, and no other") {
  const session_signer signer({"a key of the tests"});
  const auto id = signer.sign("224326c3-0000-4000-8000-000000000000");
  CHECK(id.size() <= innkeeper::proto::session_id_bytes_max);
  CHECK(signer.is_signed(id));
  for (std::size_t i = 0; i < id.size(); ++i) {
    auto changed = id;
    changed[i] = changed[i] == '1' ? '2' : '1';
    CHECK_FALSE(signer.is_signed(changed));
  }
  CHECK_FALSE(signer.is_signed(id + "0"));
  CHECK_FALSE(signer.is_signed(id.substr(0, id.size() - 1)));
  CHECK_FALSE(signer.is_signed(""));
  CHECK_FALSE(signer.is_signed("."));
}

TEST_CASE("ids that an older key has signed stay good while the key is listed") {
  const auto id = session_signer({"the old key"}).sign("x");
  CHECK(session_signer({"the new key", "the old key"}).is_signed(id));
  CHECK_FALSE(session_signer({"the new key"}).is_signed(id));
  CHECK(session_signer({"the new key", "the old key"}).sign("x") ==
        session_signer({"the new key"}).sign("x"));
}
