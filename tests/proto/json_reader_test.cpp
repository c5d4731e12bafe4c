#include "proto/json_text.hpp"

#include <optional>
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

/// As nlohmann's parser sees it; nothing if that does not take it for an object.
std::optional<json> read_by_another(const std::string& text) {
  if (text.starts_with("\xEF\xBB\xBF")) return std::nullopt;  // it would skip that
  const auto whole = json::parse(text, nullptr, false);
  return whole.is_object() ? std::optional(whole) : std::nullopt;
}

void check_fields(const json_object& read, const json& same) {
  const auto fields = read.distinct();
  REQUIRE(fields.size() == same.size());
  for (const auto& [name, value] : fields) {
    const auto key = name.text();
    REQUIRE(same.contains(key));
    CHECK(value.kind == kind_of(same[key]));
    CHECK(json::parse(value.raw) == same[key]);
    CHECK(read.find(key)->raw.data() == value.raw.data());
    if (value.kind == json_kind::string) CHECK(value.text() == same[key].get<std::string>());
  }
}

/// Both take it or neither does, and see the same in it.
bool check_agreement(const std::string& text) {
  const auto read = parse_object(text, limits());
  const auto whole = read_by_another(text);
  INFO(text);
  REQUIRE(std::holds_alternative<json_object>(read) == whole.has_value());
  if (!whole) return false;
  const auto& object = std::get<json_object>(read);
  check_fields(object, *whole);
  for (const auto& [key, value] : object.distinct()) {
    if (value.kind == json_kind::object) check_fields(value.members(), (*whole)[key.text()]);
  }
  return true;
}

TEST_CASE("valid JSON is cut into its fields") {
  const std::string text =
      GENERATE(as<std::string>{}, "{}", " { } ", R"({"type":"chat","data":"hello, world"})",
               R"({"type":"counter","data":{"id":"c","value":-17.75}})",
               "\t{\"a\" :\r\n[ 1 , true,false ,null , {\"b\":[]}, \"x\" ] } ",
               R"({"a":0,"b":-0,"c":0.5,"d":123456789012345.123456789012345,"":""})",
               R"({"a":1,"b":2,"a":3})", R"({"a":"\n\u0041\ud83c\udfe8\u00e9\\"})",
               "{\"caf\xC3\xA9\":\"\x7F\xF0\x9F\x8F\xA8\"}", R"({"\u0061":1,"a":2,"b":{}})",
               R"({"a":[[],{},[{"b":[1,{}]}],"x"],"c":{"d":{"e":[]}}})",
               R"({"a":[1e5,1E-5,5e-324,1e-400,-0.0e0,1e308]})",
               R"({"a":1234567890123456789012345678901234567890.5})");
  CHECK(check_agreement(text));
}

TEST_CASE("what is no valid JSON object is refused") {
  const std::string text = GENERATE(
      as<std::string>{}, "", " ", "{", "}", "[]", "1", "\"a\"", "{}x", "{} {}", R"({"a")",
      R"({"a":})", R"({"a":1,})", R"({,"a":1})", R"({"a":1 "b":2})", R"({"a":01})", R"({"a":-})",
      R"({"a":1.})", R"({"a":.5})", R"({"a":+1})", R"({"a":1e})", R"({"a":1e+})", R"({"a":1E400})",
      R"({"a":tru})", R"({"a":nul})", R"({"a":truex})", R"({"a":[1,]})", R"({"a":[1})",
      R"({"a":[1}])", R"({"a":{"b":1]})", R"({"a":{"b":1})", R"({"a":{"b"}})", R"({"a":{1:2}})",
      R"({"a":[{"b":1},{]})", R"({"a":'b'})", R"({a:1})", "{\"a\":\"\xC3\"}", "{\"a\":\"\t\"}",
      "\xEF\xBB\xBF{}", R"({"a":"b)", R"({"a":"\)", R"({"a":"\u12)", R"({"a":"\ud83c"})",
      R"({"a":"\ud83c\u0041"})", R"({"a":"\udfe8"})", R"({"a":"\x41"})", R"({"a":NaN})",
      R"(/**/{})");
  CHECK_FALSE(check_agreement(text));
}

TEST_CASE("numbers at the ends of a double's range are judged by their value") {
  const auto number = [](const std::string& text) { return R"({"a":)" + text + "}"; };
  const std::string zeros(400, '0');
  const auto [text, valid] = GENERATE_COPY(table<std::string, bool>({
      {"1.7976931348623157e308", true},
      {"1.7976931348623159e308", false},
      {"1" + zeros, false},
      {"1" + zeros + "e-400", true},
      {"1" + zeros + "e-1000", true},
      {"0." + zeros + "1", true},
      {"0." + zeros + "1e401", true},
      {"0." + zeros + "1e800", false},
      {"1e99999999999999999999", false},
      {"1e-99999999999999999999", true},
      {"0e99999999999999999999", true},
      {"0." + zeros + "e999999", true},
  }));
  CHECK(check_agreement(number(text)) == valid);
}

TEST_CASE("nesting takes no stack where its depth has no limit") {
  limits endless;
  endless.json_depth = 0;
  constexpr std::size_t levels = 500'000;
  const auto text = R"({"a":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
  CHECK(std::holds_alternative<json_object>(parse_object(text, endless)));
}

TEST_CASE("texts that are nearly valid are judged as the library judges them") {
  const std::vector<std::string> seeds{
      R"({"type":"chat","data":"hello"})", R"({"type":"counter","data":{"id":"c","value":-1.50}})",
      R"({"a":[1,2,{"b":[true,false,null]},"x"],"c":0.25e1,"d":"\u00e9\n"})",
      R"({"\ud83c\udfe8":"\\","e":-1E-308,"f":[[[]],{"g":{}}]})", "{\"h\":\"\xF0\x9F\x8F\xA8\"}"};
  const std::string marks = "{}[]:,\"\\ 0123456789-+.eEtruefalsnudD\x01\x7F\xC3\xA9\xF0\x9F";
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
