#include "proto/protocol_error.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::proto {
namespace {

TEST_CASE("an error frame holds sentence and code") {
  CHECK(encode_error({error_code::bad_data, "Not \"so\"."}) ==
        R"({"type":"error","data":"Not \"so\".","code":"bad_data"})");
}

TEST_CASE("every error code has its stable word") {
  const auto [code, word] = GENERATE(table<error_code, std::string>({
      {error_code::malformed, "malformed"},
      {error_code::binary, "binary"},
      {error_code::bad_data, "bad_data"},
      {error_code::forbidden, "forbidden"},
      {error_code::wrong_key, "wrong_key"},
      {error_code::key_used, "key_used"},
      {error_code::wrong_timestamp, "wrong_timestamp"},
      {error_code::admin_off, "admin_off"},
      {error_code::limit, "limit"},
      {error_code::rate_limited, "rate_limited"},
      {error_code::storage_full, "storage_full"},
  }));
  CHECK(code_word(code) == word);
}

}  // namespace
}  // namespace innkeeper::proto
