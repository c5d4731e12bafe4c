// The judge of the conversations, judged: a matcher that accepts too much would let every
// conversation pass.
#include <deque>
#include <string>

#include <catch2/catch.hpp>

#include "tests/e2e/json_match.hpp"
#include "tests/e2e/transcript_check.hpp"
#include "tests/support/exact_json.hpp"

namespace innkeeper::testing {
namespace {

bool fits(const std::string& want, const std::string& got) {
  return !difference(parse_exact(want).value(), parse_exact(got).value(), {{"ann", "s1"}});
}

bool heard(const std::string& list, const std::deque<client_event>& events) {
  return !hearing_difference(parse_exact(list).value(), events, "ann", {{"ann", "s1"}});
}

client_event text(const std::string& frame) {
  return {client_event::kind::text, frame, 0};
}

}  // namespace

TEST_CASE("numbers are equal by their decimal value and by nothing else", "[matching]") {
  CHECK(fits("1.50", "1.5"));
  CHECK(fits("1e2", "100"));
  CHECK(fits("-0.05e1", "-0.5"));
  CHECK(fits("0.0", "0"));
  CHECK(fits("123456789012345678901.2345678901234", "123456789012345678901.2345678901234"));
  CHECK_FALSE(fits("123456789012345678901.2345678901234", "123456789012345678901.2345678901235"));
  CHECK_FALSE(fits("0.1", "0.10000000000000000000000000000000001"));
  CHECK_FALSE(fits("1", "-1"));
  CHECK_FALSE(fits("10", "1"));
  CHECK_FALSE(fits("1", "\"1\""));
  CHECK_FALSE(fits("1", "true"));
  CHECK(fits(R"({"~double": 12345678901234567890})", "12345678901234567000"));
  CHECK_FALSE(fits(R"({"~double": 0.1})", "0.11"));
}

TEST_CASE("objects and lists are compared whole", "[matching]") {
  CHECK(fits(R"({"a":1,"b":[2,null]})", R"({"b":[2,null],"a":1})"));
  CHECK_FALSE(fits(R"({"a":1})", R"({"a":1,"b":2})"));
  CHECK_FALSE(fits(R"({"a":1,"b":2})", R"({"a":1})"));
  CHECK_FALSE(fits("[1,2]", "[2,1]"));
  CHECK_FALSE(fits("[1]", "[1,1]"));
  CHECK_FALSE(fits("{}", "[]"));
  CHECK_FALSE(fits("null", "{}"));
}

TEST_CASE("forms accept what they say and refuse the rest", "[matching]") {
  CHECK(fits(R"({"~some":{"a":1}})", R"({"a":1,"b":2})"));
  CHECK_FALSE(fits(R"({"~some":{"a":1}})", R"({"a":2})"));
  CHECK(fits(R"({"~shuffled":[1,2]})", "[2,1]"));
  CHECK_FALSE(fits(R"({"~shuffled":[1,1]})", "[1,2]"));
  CHECK(fits(R"({"~between":[1,2]})", "1.5"));
  CHECK_FALSE(fits(R"({"~between":[1,2]})", "2.5"));
  CHECK(fits(R"({"~parsed":{"a":1}})", R"("{\"a\": 1.0}")"));
  CHECK_FALSE(fits(R"({"~parsed":{"a":1}})", R"({"a":1})"));
  CHECK(fits(R"("~session ann")", R"("s1")"));
  CHECK_FALSE(fits(R"("~session ann")", R"("s2")"));
  CHECK_FALSE(fits(R"("~uuid")", R"("not one")"));
  CHECK_FALSE(fits(R"("~number")", R"("1")"));
  CHECK_FALSE(fits(R"("~no such form")", "1"));
  CHECK_FALSE(fits(R"({"~no such form":1})", "1"));
}

TEST_CASE("what is heard is compared in order and to the end", "[matching]") {
  const client_event one = text(R"({"type":"t","data":1})");
  const client_event two = text(R"({"type":"t","data":2})");
  const std::string both = R"([{"type":"t","data":1},{"type":"t","data":2}])";
  CHECK(heard(both, {one, two}));
  CHECK_FALSE(heard(both, {two, one}));
  CHECK_FALSE(heard(both, {one}));
  CHECK_FALSE(heard(both, {one, two, two}));
  CHECK_FALSE(heard("[]", {one}));
  CHECK(heard(R"([{"~shuffled":[{"type":"t","data":1},{"type":"t","data":2}]}])", {two, one}));
  CHECK_FALSE(
      heard(R"([{"~shuffled":[{"type":"t","data":1},{"type":"t","data":1}]}])", {two, one}));
  CHECK_FALSE(heard(R"([{"type":"t","data":1}])", {text(R"({"data":1,"type":"t"})")}));
}

TEST_CASE("errors, closes and profiles are told apart", "[matching]") {
  const client_event error = text(R"({"type":"error","data":"No.","code":"bad_data"})");
  CHECK(heard(R"([{"~error":"bad_data"}])", {error}));
  CHECK(heard(R"([{"~error":{}}])", {error}));
  CHECK_FALSE(heard(R"([{"~error":"limit"}])", {error}));
  CHECK_FALSE(heard(R"([{"~error":{}}])", {text(R"({"type":"error","data":"No."})")}));
  const client_event closed = {client_event::kind::closed, "", 1000};
  CHECK(heard(R"([{"~closed":1000}])", {closed}));
  CHECK(heard(R"([{"~closed":[1000,1005]}])", {closed}));
  CHECK_FALSE(heard(R"([{"~closed":1001}])", {closed}));
  CHECK_FALSE(heard(R"([{"~closed":"any"}])", {error}));
  const client_event profile = text(R"({"type":"profile","data":{"suffix":1,"properties":{},)"
                                    R"("id":"s1","connectionDetails":{},"role":"user"}})");
  CHECK(heard(R"([{"~profile":1}])", {profile}));
  CHECK_FALSE(heard(R"([{"~profile":2}])", {profile}));
  CHECK_FALSE(heard(R"([{"~profile":{"role":"admin"}}])", {profile}));
}

}  // namespace innkeeper::testing
