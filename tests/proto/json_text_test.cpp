#include "proto/json_text.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "proto/limits.hpp"

namespace innkeeper::proto {
namespace {

using namespace std::string_literals;

json_object read(std::string_view text) {
  auto fields = parse_object(text, limits());
  INFO(text);
  REQUIRE(std::holds_alternative<json_object>(fields));
  return std::get<json_object>(std::move(fields));
}

std::optional<error_code> fault_of(std::string_view text) {
  const auto fields = parse_object(text, limits());
  const auto* error = std::get_if<protocol_error>(&fields);
  return error == nullptr ? std::nullopt : std::optional(error->code);
}

/// {"a":{"a":...{}...}}, `levels` objects.
std::string nested_objects(std::size_t levels) {
  std::string text;
  for (std::size_t i = 1; i < levels; ++i) text += R"({"a":)";
  return text + "{}" + std::string(levels - 1, '}');
}

std::string nested_arrays(std::size_t levels) {
  return R"({"a":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
}

/// An object whose `count` keys are k0, k1, ...
std::string object_of(std::size_t count) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text += "\"k" + std::to_string(i) + "\":0";
  }
  return text + '}';
}

TEST_CASE("an object is cut into its fields in the order written") {
  const std::string text = R"({"b":1,"a":[2,{"c":3}],"":null})";
  const auto object = read(text);
  const auto fields = object.distinct();
  REQUIRE(fields.size() == 3);
  CHECK(fields[0].key == "b");
  CHECK(fields[1].key == "a");
  CHECK(fields[2].key.empty());
  CHECK(object.find("c") == nullptr);
  CHECK(read("{}").distinct().empty());
}

TEST_CASE("a field's raw text is exactly what was written, whatever stands around it") {
  const std::string raw =
      GENERATE(as<std::string>{}, "null", "true", "false", "0", "-0", "1.50", "1E+2", "-12e-3",
               "123456789012345678901234567890.123456789", R"("")", R"("a b")",
               R"("\"\\\/\b\f\n\r\t\u00e9\ud83c\udfe8")", "\"caf\xC3\xA9\"", "[]", "{}",
               "[ 1 , 2 ]", R"({ "x" : [ { } , "]}" ] , "y":-1.0 })", R"([1,"}",{"a":[0]}])");
  const std::string space = GENERATE(as<std::string>{}, "", " ", "\n\t\r ");
  const std::string text = space + "{" + space + "\"first\"" + space + ":" + space + raw + space +
                           "," + space + "\"last\"" + space + ":" + space + raw + space + "}" +
                           space;
  const auto object = read(text);
  REQUIRE(object.distinct().size() == 2);
  CHECK(object.find("first")->raw == raw);
  CHECK(object.find("last")->raw == raw);
}

TEST_CASE("the fields of an object that is a field are there too, and those of each by itself") {
  const std::string text =
      R"({"a":{"x":{"deep":1},"y":[{"z":2}],"x":"\u00e9"},"b":[{"x":3}],"c":{},"d":{"x":4}})";
  const auto object = read(text);
  const auto of_a = object.find("a")->members();
  REQUIRE(of_a.distinct().size() == 2);
  CHECK(of_a.find("x")->text() == "\xC3\xA9");
  CHECK(of_a.find("y")->raw == R"([{"z":2}])");
  CHECK(of_a.find("deep") == nullptr);
  CHECK(of_a.find("z") == nullptr);
  CHECK(object.find("c")->members().distinct().empty());
  CHECK(object.find("d")->members().find("x")->raw == "4");
}

TEST_CASE("a field's raw text points into the text that was read") {
  const std::string text = R"({"a":[1]})";
  CHECK(read(text).find("a")->raw.data() == text.data() + 5);
}

TEST_CASE("a field knows what kind of value it has") {
  const std::string text = R"({"n":null,"b":false,"i":7,"f":-1.5e3,"u":18446744073709551616,)"
                           R"("s":"x","a":[{}],"o":{"k":[]}})";
  const auto object = read(text);
  CHECK(object.find("n")->kind == json_kind::null);
  CHECK(object.find("b")->kind == json_kind::boolean);
  CHECK(object.find("i")->kind == json_kind::number);
  CHECK(object.find("f")->kind == json_kind::number);
  CHECK(object.find("u")->kind == json_kind::number);
  CHECK(object.find("s")->kind == json_kind::string);
  CHECK(object.find("a")->kind == json_kind::array);
  CHECK(object.find("o")->kind == json_kind::object);
}

TEST_CASE("a string field is decoded, a key too") {
  const std::string text = R"({"t\u0079pe":"a\n\u0000\u00e9\ud83c\udfe8\"","n":5})";
  const auto object = read(text);
  REQUIRE(object.find("type") != nullptr);
  CHECK(object.find("type")->text() == "a\n\0\xC3\xA9\xF0\x9F\x8F\xA8\""s);
  CHECK(object.find("n")->text().empty());
}

TEST_CASE("of two equal keys the last is kept, however they were escaped") {
  const std::string text = R"({"a":1,"b":2,"\u0061":3})";
  const auto object = read(text);
  CHECK(object.distinct().size() == 2);
  CHECK(object.find("a")->raw == "3");
  CHECK(object.find("b")->raw == "2");
}

TEST_CASE("of many equal keys the last are kept, in the order in which they were written") {
  std::string text = "{";
  for (int i = 0; i < 10'000; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i % 5'000) + "\":" + std::to_string(i);
  }
  text += '}';
  const auto object = read(text);
  const auto fields = object.distinct();
  REQUIRE(fields.size() == 5'000);
  CHECK(fields.front().key == "0");
  CHECK(fields.front().value.raw == "5000");
  CHECK(fields.back().value.raw == "9999");
}

TEST_CASE("text that is not valid JSON is malformed") {
  const std::string text =
      GENERATE(as<std::string>{}, "", " ", "{", "}", "{]", R"({"a"})", R"({"a":})", R"({"a":1,})",
               R"({a:1})", R"({'a':1})", R"({"a":01})", R"({"a":1.})", R"({"a":.5})", R"({"a":+1})",
               R"({"a":1e})", R"({"a":-})", R"({"a":NaN})", R"({"a":Infinity})", R"({"a":0x10})",
               R"({"a":tru})", R"({"a":True})", R"({"a":"x})", R"({"a":"\x"})", R"({"a":"\u12"})",
               "{\"a\":\"\n\"}", R"({"a":1}{)", R"({"a":1} x)", R"({"a":1}{"a":1})",
               R"({"a":1 "b":2})", R"({"a":[1,]})", R"({/**/"a":1})", R"(nonsense)");
  INFO(text);
  CHECK(fault_of(text) == error_code::malformed);
}

TEST_CASE("JSON that is no object is malformed") {
  const std::string text =
      GENERATE(as<std::string>{}, "null", "true", "1", "\"a\"", "[]", R"([{"type":"chat"}])");
  CHECK(fault_of(text) == error_code::malformed);
}

TEST_CASE("a lone surrogate is malformed, in keys too") {
  const std::string text =
      GENERATE(as<std::string>{}, R"({"a":"\ud800"})", R"({"a":"\udfff"})",
               R"({"a":"\ude00\ud83d"})", R"({"\ud800":1})", "{\"a\":\"\xED\xA0\x80\"}");
  CHECK(fault_of(text) == error_code::malformed);
}

TEST_CASE("invalid UTF-8 is malformed") {
  const std::string text =
      GENERATE("{\"a\":\"\xFF\"}"s, "{\"a\":\"\xC0\xAF\"}"s, "{\"a\":\"\xC3\"}"s);
  CHECK(fault_of(text) == error_code::malformed);
}

TEST_CASE("a byte order mark and a NUL are malformed, wherever the NUL stands") {
  CHECK(fault_of("\xEF\xBB\xBF{}") == error_code::malformed);
  CHECK(fault_of("{}\0"s) == error_code::malformed);
  CHECK(fault_of("{\"a\":\"\0\"}"s) == error_code::malformed);
  CHECK(fault_of("{}\0 more"s) == error_code::malformed);
}

TEST_CASE("a number outside a double's range is malformed") {
  CHECK(fault_of(R"({"a":1e400})") == error_code::malformed);
  CHECK(fault_of(R"({"a":[-1e999]})") == error_code::malformed);
  CHECK_FALSE(fault_of(R"({"a":1.7976931348623157e308})").has_value());
  CHECK_FALSE(fault_of(R"({"a":1e-400})").has_value());
}

TEST_CASE("an object is nested 128 levels deep and not 129") {
  CHECK_FALSE(fault_of(nested_objects(limits{}.json_depth)).has_value());
  CHECK(fault_of(nested_objects(limits{}.json_depth + 1)) == error_code::limit);
  CHECK_FALSE(fault_of(nested_arrays(limits{}.json_depth)).has_value());
  CHECK(fault_of(nested_arrays(limits{}.json_depth + 1)) == error_code::limit);
}

TEST_CASE("depth counts levels, not brackets") {
  std::string text = R"({"a":[)";
  for (int i = 0; i < 200; ++i) text += "[{}],";
  CHECK_FALSE(fault_of(text + "0]}").has_value());
}

TEST_CASE("an object has 10000 keys and not 10001") {
  CHECK_FALSE(fault_of(object_of(limits{}.json_keys)).has_value());
  CHECK(fault_of(object_of(limits{}.json_keys + 1)) == error_code::limit);
}

TEST_CASE("keys are counted on every level") {
  CHECK_FALSE(fault_of(R"({"a":)" + object_of(limits{}.json_keys - 1) + "}").has_value());
  CHECK(fault_of(R"({"a":)" + object_of(limits{}.json_keys) + "}") == error_code::limit);
}

TEST_CASE("a text is quoted as a JSON string") {
  CHECK(quote("") == R"("")");
  CHECK(quote("a\"b\\c") == R"("a\"b\\c")");
  CHECK(quote("\n\t\x01\0"s) == R"("\n\t\u0001\u0000")");
  CHECK(quote("caf\xC3\xA9 \xF0\x9F\x8F\xA8") == "\"caf\xC3\xA9 \xF0\x9F\x8F\xA8\"");
}

TEST_CASE("what is quoted is read back the same") {
  std::string every_ascii;
  for (char c = 0; c >= 0 && c < 127; ++c) every_ascii += c;
  const auto text = "{\"a\":" + quote(every_ascii) + "}";
  CHECK(read(text).find("a")->text() == every_ascii);
}

TEST_CASE("characters outside of ASCII and DEL stay as they are, beside escapes too") {
  CHECK(quote("\x7F\xC3\xA9\x1F\x0B\b\f\r/"s) == "\"\x7F\xC3\xA9\\u001f\\u000b\\b\\f\\r/\"");
}

TEST_CASE("UTF-8 is told from what is none") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("a\0b"s));
  CHECK(is_utf8("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
  const std::string broken = GENERATE(
      as<std::string>{}, "\x80", "\xC1\x81", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
      "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xC3", "\xE2\x82", "\xF0\x9F\x8F");
  CHECK_FALSE(is_utf8(broken));
}

}  // namespace
}  // namespace innkeeper::proto
