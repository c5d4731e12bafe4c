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

/// Makes texts of JSON that use all of the grammar, from a fixed seed.
class text_generator {
 public:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_()) % n; }

  std::string object(int levels) {
    std::string text = "{" + space();
    for (auto fields = below(4); fields > 0; --fields) {
      text += string(below(6)) + space() + ":" + space() + value(levels - 1) + space();
      if (fields > 1) text += "," + space();
    }
    return text + "}";
  }

 private:
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string space() { return pick({"", "", " ", "\r\n", "\t "}); }

  std::string string(std::size_t pieces) {
    std::string text = "\"";
    for (; pieces > 0; --pieces) {
      text += pick({"a", "type", "7", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83c\\udfe8", "\x7F",
                    "]", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8F\xA8"});
    }
    return text + "\"";
  }

  std::string digits() {
    std::string text;
    for (auto count = 1 + below(pick_long() ? 330 : 5); count > 0; --count) {
      text += static_cast<char>('0' + below(10));
    }
    return text;
  }

  std::string number() {
    auto text = pick({"", "-"}) + pick({"0", "7" + digits()});
    if (below(2) == 0) text += "." + digits();
    if (below(3) == 0) text += pick({"e", "E", "e+", "E-"}) + digits().substr(0, 12);
    return text;
  }

  std::string array(int levels) {
    std::string text = "[" + space();
    for (auto values = below(4); values > 0; --values) {
      text += value(levels - 1) + space();
      if (values > 1) text += "," + space();
    }
    return text + "]";
  }

  std::string value(int levels) {
    switch (below(levels > 0 ? 6 : 4)) {
      case 0:
        return pick({"null", "true", "false"});
      case 1:
        return number();
      case 2:
      case 3:
        return string(below(pick_long() ? 4'000 : 6));
      case 4:
        return array(levels);
      default:
        return object(levels);
    }
  }

  bool pick_long() { return below(40) == 0; }

  std::mt19937 random_{11};
};

TEST_CASE("texts that use all of the grammar are read as the library reads them") {
  text_generator texts;
  std::size_t accepted = 0;
  constexpr std::size_t rounds = 4'000;
  for (std::size_t round = 0; round < rounds; ++round) {
    auto text = texts.object(4);
    if (texts.below(2) == 0) text.erase(texts.below(text.size()), 1);
    accepted += check_agreement(text) ? 1 : 0;
  }
  CHECK(accepted > rounds / 4);
  CHECK(accepted < rounds);
}

TEST_CASE("an escaped string is read whatever stands where the parser's buffer ends") {
  const std::string piece = GENERATE(as<std::string>{}, "\\u00e9", "\\ud83c\\udfe8", "\xE2\x82\xAC",
                                     "\xF0\x9F\x8F\xA8", "\\n");
  for (std::size_t before = 4'080; before < 4'110; ++before) {
    CHECK(check_agreement(R"({"a":"\n)" + std::string(before, 'x') + piece + "\"}"));
    CHECK_FALSE(check_agreement(R"({"a":"\n)" + std::string(before, 'x') + piece.substr(0, 2)));
  }
}

TEST_CASE("a deep text is judged as a flat one") {
  limits endless;
  endless.json_depth = 0;
  const auto is_read = [&](const std::string& inside, const std::string& end) {
    const auto text = R"({"a":)" + std::string(3'000, '[') + inside + std::string(3'000, ']') + end;
    return std::holds_alternative<json_object>(parse_object(text, endless));
  };
  CHECK(is_read("", "}"));
  CHECK(is_read(R"({"b":["]\"[",1e99999999999]})", R"(,"c":[]})") == false);
  CHECK(is_read(R"({"b":["]\"[",1e-99999999999]})", R"(,"c":[]})"));
  CHECK_FALSE(is_read("", "]}"));
  CHECK_FALSE(is_read("", ""));
  CHECK_FALSE(is_read("}{", "}"));
  CHECK_FALSE(is_read("[],", "}"));
  CHECK_FALSE(is_read("[]1", "}"));
  CHECK_FALSE(is_read("{[]:1}", "}"));
  CHECK_FALSE(is_read("\"", "}"));
}

TEST_CASE("a depth beyond what the parser is given at once is exact, and so are keys there") {
  const auto levels = GENERATE(as<std::size_t>{}, 511, 512, 513, 1'024, 1'025, 2'000);
  const auto nested = [](std::size_t n) {
    return R"({"a":)" + std::string(n - 1, '[') + std::string(n - 1, ']') + "}";
  };
  limits bounds;
  bounds.json_depth = levels;
  bounds.json_keys = 1;
  CHECK(std::holds_alternative<json_object>(parse_object(nested(levels), bounds)));
  const auto deeper = parse_object(nested(levels + 1), bounds);
  CHECK(std::get<protocol_error>(deeper).code == error_code::limit);
  const auto keys = parse_object(R"({"b":1e-9999999999,"a":2})", bounds);
  CHECK(std::get<protocol_error>(keys).code == error_code::limit);
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
