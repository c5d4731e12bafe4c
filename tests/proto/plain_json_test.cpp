#include "proto/plain_json.hpp"

#include <random>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "proto/limits.hpp"

namespace innkeeper::proto {
namespace {

using nlohmann::json;

json_kind kind_of(const json& value) {
  if (value.is_null()) return json_kind::null;
  if (value.is_boolean()) return json_kind::boolean;
  if (value.is_number()) return json_kind::number;
  if (value.is_string()) return json_kind::string;
  return value.is_array() ? json_kind::array : json_kind::object;
}

/// Whatever the short way takes for valid has to be just what the library makes of it.
void check_agreement(const std::string& text) {
  const auto fields = plain_fields(text);
  if (!fields) return;
  INFO(text);
  const auto whole = json::parse(text, nullptr, false);
  REQUIRE(whole.is_object());
  const json_object object(*fields);
  REQUIRE(object.fields().size() == whole.size());
  for (const auto& [key, value] : object.fields()) {
    REQUIRE(whole.contains(key));
    CHECK(value.kind == kind_of(whole[key]));
    CHECK(json::parse(value.raw) == whole[key]);
    if (value.kind == json_kind::string) CHECK(value.text == whole[key].get<std::string>());
  }
}

std::string nested(std::size_t levels) {
  return R"({"a":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
}

TEST_CASE("plain JSON is cut into its fields on the short way") {
  const std::string text =
      GENERATE(as<std::string>{}, "{}", " { } ", R"({"type":"chat","data":"hello, world"})",
               R"({"type":"counter","data":{"id":"c","value":-17.75}})",
               "\t{\"a\" :\r\n[ 1 , true,false ,null , {\"b\":[]}, \"x\" ] } ",
               R"({"a":0,"b":-0,"c":0.5,"d":123456789012345.123456789012345,"":""})",
               R"({"a":1,"b":2,"a":3})");
  INFO(text);
  CHECK(plain_fields(text).has_value());
  check_agreement(text);
}

TEST_CASE("what is not plainly valid JSON is left to the general parser") {
  const std::string text = GENERATE(
      as<std::string>{}, "", " ", "{", "}", "[]", "1", "\"a\"", "{}x", "{} {}", R"({"a")",
      R"({"a":})", R"({"a":1,})", R"({,"a":1})", R"({"a":1 "b":2})", R"({"a":01})", R"({"a":-})",
      R"({"a":1.})", R"({"a":.5})", R"({"a":+1})", R"({"a":1e5})", R"({"a":1E400})",
      R"({"a":1234567890123456})", R"({"a":0.1234567890123456})", R"({"a":tru})", R"({"a":nul})",
      R"({"a":truex})", R"({"a":[1,]})", R"({"a":[1})", R"({"a":{"b":1})", R"({"a":"\n"})",
      R"({"\u0061":1})", R"({"a":'b'})", R"({a:1})", "{\"a\":\"\x7F\"}", "{\"a\":\"\xC3\xA9\"}",
      "{\"a\":\"\t\"}", "\xEF\xBB\xBF{}", R"({"a":"b)", R"({"a":NaN})", R"(/**/{})");
  INFO(text);
  CHECK_FALSE(plain_fields(text).has_value());
}

TEST_CASE("the short way goes 16 levels deep") {
  CHECK(plain_fields(nested(16)).has_value());
  CHECK_FALSE(plain_fields(nested(17)).has_value());
}

TEST_CASE("the short way leaves an object with too many keys to the general parser") {
  const auto keys = [](std::size_t count) {
    std::string text = "{\"a\":[";
    for (std::size_t i = 1; i < count; ++i) text += "{\"k\":0},";
    return text + "0]}";
  };
  CHECK(plain_fields(keys(limits{}.json_keys)).has_value());
  CHECK_FALSE(plain_fields(keys(limits{}.json_keys + 1)).has_value());
}

TEST_CASE("the short way takes nothing that the library would read otherwise") {
  const std::vector<std::string> seeds{
      R"({"type":"chat","data":"hello"})", R"({"type":"counter","data":{"id":"c","value":-1.50}})",
      R"({"a":[1,2,{"b":[true,false,null]},"x"],"c":0.25e1,"d":"\u00e9\n"})"};
  const std::string marks = "{}[]:,\"\\ 0123456789-+.eEtruefalsn\x01\x7F\xC3\xA9";
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (int round = 0; round < 30'000; ++round) {
    auto text = seeds[below(seeds.size())];
    for (auto changes = 1 + below(3); changes > 0; --changes) {
      const auto at = below(text.size());
      switch (below(3)) {
        case 0:
          text[at] = marks[below(marks.size())];
          break;
        case 1:
          text.insert(at, 1, marks[below(marks.size())]);
          break;
        default:
          text.erase(at, 1);
      }
    }
    check_agreement(text);
  }
}

}  // namespace
}  // namespace innkeeper::proto
