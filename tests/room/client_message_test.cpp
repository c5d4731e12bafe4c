#include "actors/room/client_message.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"

namespace innkeeper::room {
namespace {

using proto::channel_bytes_max;
using proto::error_code;
using sockets::topic;

client_message parse(std::string_view text) {
  auto parsed = parse_client_message(text, proto::limits());
  INFO(text.substr(0, 200));
  REQUIRE(std::holds_alternative<client_message>(parsed));
  return std::get<client_message>(std::move(parsed));
}

/// {"type":<type>,"data":<data>}
std::string message(std::string_view type, std::string_view data) {
  return R"({"type":")" + std::string(type) + R"(","data":)" + std::string(data) + "}";
}

template <class Body>
Body read(std::string_view type, std::string_view data) {
  auto parsed = parse(message(type, data));
  INFO(type << " " << data.substr(0, 200));
  REQUIRE(std::holds_alternative<Body>(parsed.body));
  return std::get<Body>(std::move(parsed.body));
}

std::optional<proto::error_code> refusal(std::string_view text) {
  const auto parsed = parse(text);
  const auto* refused = std::get_if<refused_message>(&parsed.body);
  return refused == nullptr ? std::nullopt : std::optional(refused->error.code);
}

std::optional<proto::error_code> refusal(std::string_view type, std::string_view data) {
  INFO(type << " " << data.substr(0, 200));
  return refusal(message(type, data));
}

std::string quoted_letters(std::size_t count) {
  return '"' + std::string(count, 'x') + '"';
}

std::string login_of(std::size_t properties_bytes) {
  return R"({"a":")" + std::string(properties_bytes - std::string_view(R"({"a":""})").size(), 'x') +
         R"("})";
}

// ---- any message

TEST_CASE("a message keeps its type and its data as it was written") {
  const auto parsed = parse(R"({"data": [1.50, {"a":1,"a":2}] ,"type":"move"})");
  CHECK(parsed.type == "move");
  CHECK(parsed.data == R"([1.50, {"a":1,"a":2}])");
}

TEST_CASE("a message without data has none, and null is some") {
  CHECK_FALSE(parse(R"({"type":"chat"})").data.has_value());
  CHECK(parse(R"({"type":"chat","data":null})").data == "null");
}

TEST_CASE("text without a text type is malformed") {
  const std::string text =
      GENERATE(as<std::string>{}, "", "nonsense", "[]", "{}", R"({"data":1})", R"({"type":null})",
               R"({"type":1})", R"({"type":["chat"]})", R"({"type":"chat","type":1})");
  const auto parsed = parse_client_message(text, proto::limits());
  REQUIRE(std::holds_alternative<proto::protocol_error>(parsed));
  CHECK(std::get<proto::protocol_error>(parsed).code == proto::error_code::malformed);
}

TEST_CASE("a message that is nested too deep or has too many keys is over the limit") {
  std::string keys = "{";
  for (std::size_t i = 0; i < proto::limits{}.json_keys; ++i) keys += "\"\":0,";
  keys.back() = '}';
  const std::string text =
      GENERATE_REF(message("chat", std::string(proto::limits{}.json_depth, '[') +
                                       std::string(proto::limits{}.json_depth, ']')),
                   message("chat", keys));
  const auto parsed = parse_client_message(text, proto::limits());
  REQUIRE(std::holds_alternative<proto::protocol_error>(parsed));
  CHECK(std::get<proto::protocol_error>(parsed).code == proto::error_code::limit);
}

TEST_CASE("a message's data may be nested 100 levels deep") {
  CHECK(std::holds_alternative<chat_message>(
      parse(message("chat", std::string(100, '[') + std::string(100, ']'))).body));
}

TEST_CASE("a type that is made up, empty or without an effect of its own is other") {
  const std::string type = GENERATE(as<std::string>{}, "", "ping", "pong", "join", "leave", "Chat",
                                    "chat ", "error", "__proto__", "relay:chat");
  CHECK(std::holds_alternative<other_message>(parse(message(type, "{}")).body));
}

TEST_CASE("chat takes any data, profile and close too") {
  const std::string data = GENERATE(as<std::string>{}, "null", "1", "\"x\"", "[]", "{}");
  CHECK(std::holds_alternative<chat_message>(parse(message("chat", data)).body));
  CHECK(std::holds_alternative<profile_message>(parse(message("profile", data)).body));
  CHECK(std::holds_alternative<close_message>(parse(message("close", data)).body));
  CHECK(std::holds_alternative<chat_message>(parse(R"({"type":"chat"})").body));
}

TEST_CASE("only admins may send config, broadcast, relay and deleteRelay") {
  for (const auto* type : {"config", "broadcast", "relay", "deleteRelay"}) {
    CHECK(is_admin_type(type));
  }
  for (const auto* type : {"chat", "authenticate", "poll", "Config", "", "deleterelay"}) {
    CHECK_FALSE(is_admin_type(type));
  }
}

// ---- subscribe, unsubscribe

TEST_CASE("subscribe names an event with or without an id") {
  CHECK(read<subscribe_message>("subscribe", R"("poll")").what == topic("poll"));
  CHECK(read<subscribe_message>("subscribe", R"("poll:a:b")").what == topic("poll", "a:b"));
  CHECK(read<unsubscribe_message>("unsubscribe", R"("poll:all")").what == topic("poll"));
}

TEST_CASE("a channel given as a number means its text") {
  CHECK(read<subscribe_message>("subscribe", "15e-1").what == sockets::topic("1.5"));
  CHECK(read<unsubscribe_message>("unsubscribe", "7").what == sockets::topic("7"));
}

TEST_CASE("a channel of another kind or without an event is refused") {
  const std::string type = GENERATE(as<std::string>{}, "subscribe", "unsubscribe");
  for (const auto* data : {"null", "true", "[]", "{}", R"(["chat"])", R"("")", R"(":x")"}) {
    CHECK(refusal(type, data) == proto::error_code::bad_data);
  }
  CHECK(refusal(R"({"type":")" + type + R"("})") == error_code::bad_data);
}

TEST_CASE("a channel has 512 bytes and not 513") {
  const std::string type = GENERATE(as<std::string>{}, "subscribe", "unsubscribe");
  CHECK_FALSE(refusal(type, quoted_letters(channel_bytes_max)).has_value());
  CHECK(refusal(type, quoted_letters(channel_bytes_max + 1)) == proto::error_code::limit);
}

// ---- login

TEST_CASE("login keeps all properties, and apart from them the public ones") {
  const auto login = read<login_message>("login", R"({"name": "Ann", "_x":[1.50], "a_":2})");
  CHECK(login.properties == R"({"name":"Ann","_x":[1.50],"a_":2})");
  CHECK(login.public_properties == R"({"name":"Ann","a_":2})");
}

TEST_CASE("login ignores the reserved key, top-level only") {
  const auto login =
      read<login_message>("login", R"({"subscriptions":{"a":1},"b":{"subscriptions":1,"_c":2}})");
  CHECK(login.properties == R"({"b":{"subscriptions":1,"_c":2}})");
  CHECK(login.public_properties == login.properties);
}

TEST_CASE("login with nothing or null means no properties") {
  CHECK(read<login_message>("login", "null").properties == "{}");
  const auto parsed = parse(R"({"type":"login"})");
  REQUIRE(std::holds_alternative<login_message>(parsed.body));
  CHECK(std::get<login_message>(parsed.body).properties == "{}");
  CHECK(std::get<login_message>(parsed.body).public_properties == "{}");
}

TEST_CASE("login with anything else than an object is refused") {
  for (const auto* data : {"1", "true", "[]", R"("x")"}) {
    CHECK(refusal("login", data) == proto::error_code::bad_data);
  }
}

TEST_CASE("properties have 256 KiB and not a byte more") {
  const auto at_limit = login_of(proto::limits{}.properties_bytes);
  CHECK((read<login_message>("login", at_limit).properties == at_limit));
  CHECK(refusal("login", login_of(proto::limits{}.properties_bytes + 1)) ==
        proto::error_code::limit);
}

TEST_CASE("a session's public properties are found again in all of them") {
  CHECK(public_properties_of(R"({"name":"Ann","_x":[1.50],"":2})") == R"({"name":"Ann","":2})");
  CHECK(public_properties_of("{}") == "{}");
  CHECK(public_properties_of(R"({"_":1})") == "{}");
}

// ---- poll, ephemeralPoll

TEST_CASE("a vote has an id and an answer") {
  const auto vote = read<vote_message>("poll", R"({"id":"p","answer":"a"})");
  CHECK_FALSE(vote.ephemeral);
  CHECK(vote.poll.name == "p");
  CHECK(vote.poll.json == R"("p")");
  CHECK(vote.answer == "a");
  CHECK(read<vote_message>("ephemeralPoll", R"({"id":"p","answer":"a"})").ephemeral);
}

TEST_CASE("a number means the same poll as its text, and is repeated as it was sent") {
  const auto vote = read<vote_message>("poll", R"({"id":1.50,"answer":1e1})");
  CHECK(vote.poll.name == "1.5");
  CHECK(vote.poll.json == "1.50");
  CHECK(vote.answer == "10");
}

TEST_CASE("a vote's id and answer may be empty") {
  const auto vote = read<vote_message>("poll", R"({"id":"","answer":""})");
  CHECK(vote.poll.name.empty());
  CHECK(vote.answer.empty());
}

TEST_CASE("a vote's id and answer may be a boolean, which means its text and is repeated as sent") {
  const auto vote = read<vote_message>("poll", R"({"id":true,"answer":false})");
  CHECK(vote.poll.name == "true");
  CHECK(vote.poll.json == "true");
  CHECK(vote.answer == "false");
  CHECK(refusal("counter", R"({"id":true,"value":1})") == error_code::bad_data);
  CHECK(refusal("subscribe", "true") == proto::error_code::bad_data);
}

TEST_CASE("a vote without id or answer, or with one of another kind, is refused") {
  const std::string type = GENERATE(as<std::string>{}, "poll", "ephemeralPoll");
  for (const auto* data : {"null", "[]", R"("p")", "{}", R"({"id":"p"})", R"({"answer":"a"})",
                           R"({"id":null,"answer":"a"})", R"({"id":"p","answer":null})",
                           R"({"id":["p"],"answer":"a"})", R"({"id":"p","answer":{}})"}) {
    CHECK(refusal(type, data) == proto::error_code::bad_data);
  }
  CHECK(refusal(R"({"type":")" + type + R"("})") == error_code::bad_data);
}

TEST_CASE("a poll's id has 128 bytes and not 129, as text and as number") {
  const auto vote = [](std::string_view id) {
    return R"({"id":)" + std::string(id) + R"(,"answer":"a"})";
  };
  CHECK_FALSE(refusal("poll", vote(quoted_letters(proto::limits{}.id_bytes))).has_value());
  CHECK(refusal("poll", vote(quoted_letters(proto::limits{}.id_bytes + 1))) ==
        proto::error_code::limit);
  CHECK_FALSE(refusal("poll", vote("1e127")).has_value());
  CHECK(refusal("poll", vote("1e128")) == proto::error_code::limit);
}

TEST_CASE("an answer has 1 KiB and not a byte more") {
  const auto vote = [](std::size_t bytes) {
    return R"({"id":"p","answer":)" + quoted_letters(bytes) + "}";
  };
  CHECK_FALSE(refusal("ephemeralPoll", vote(proto::limits{}.answer_bytes)).has_value());
  CHECK(refusal("ephemeralPoll", vote(proto::limits{}.answer_bytes + 1)) ==
        proto::error_code::limit);
}

TEST_CASE("the limit on an id counts its bytes, not its characters or escapes") {
  const auto vote = [](std::string_view id) {
    return R"({"id":")" + std::string(id) + R"(","answer":"a"})";
  };
  std::string accents;
  std::string escaped_letters;
  for (std::size_t i = 0; i < proto::limits{}.id_bytes / 2; ++i) accents += "\xC3\xA9";
  for (std::size_t i = 0; i < proto::limits{}.id_bytes; ++i) escaped_letters += "\\u0078";
  CHECK_FALSE(refusal("poll", vote(accents)).has_value());
  CHECK(refusal("poll", vote(accents + "e")) == proto::error_code::limit);
  CHECK_FALSE(refusal("poll", vote(escaped_letters)).has_value());
}

// ---- counter

TEST_CASE("a counter's change is a number") {
  const auto count = read<count_message>("counter", R"({"id":"c","value":17.75})");
  CHECK(count.counter.name == "c");
  CHECK(count.counter.json == R"("c")");
  CHECK(count.change.text() == "17.75");
}

TEST_CASE("a counter's change may be the text of a number") {
  const auto [text, plain] = GENERATE(table<std::string, std::string>({
      {"17.75", "17.75"},
      {" 6 ", "6"},
      {"\\t\\n6\\r\\n", "6"},
      {"1e3", "1000"},
      {"+7", "7"},
      {".5", "0.5"},
      {"5.", "5"},
      {"-0", "0"},
  }));
  CHECK(read<count_message>("counter", R"({"id":"c","value":")" + text + "\"}").change.text() ==
        plain);
}

TEST_CASE("a counter's change that is no number is refused") {
  for (const auto* value :
       {R"("")", R"(" ")", R"("0x10")", R"("Infinity")", R"("-Infinity")", R"("NaN")", R"("1 2")",
        R"("1,5")", "null", "true", "[]", "{}", "[1]"}) {
    CHECK(refusal("counter", R"({"id":"c","value":)" + std::string(value) + "}") ==
          proto::error_code::bad_data);
  }
  CHECK(refusal("counter", R"({"id":"c"})") == error_code::bad_data);
  CHECK(refusal("counter", "{}") == proto::error_code::bad_data);
}

TEST_CASE("a counter's change that is no decimal of 34 digits is over the limit") {
  for (const auto* value :
       {R"("1e400")", R"("1e-35")", "1e-35", "1e300", R"("-1e99999999999999")"}) {
    CHECK(refusal("counter", R"({"value":)" + std::string(value) + "}") == error_code::limit);
  }
  CHECK_FALSE(refusal("counter", R"({"value":1e-34})").has_value());
}

TEST_CASE("a counter without id, with null or an empty one is the default one") {
  for (const auto* data :
       {R"({"value":2})", R"({"id":null,"value":2})", R"({"id":"","value":2})"}) {
    const auto count = read<count_message>("counter", data);
    CHECK(count.counter.name == "default");
    CHECK(count.counter.json == R"("default")");
    CHECK(count.change == proto::decimal(2));
  }
}

TEST_CASE("the number 0 is the counter 0") {
  const auto count = read<count_message>("counter", R"({"id":0,"value":2})");
  CHECK(count.counter.name == "0");
  CHECK(count.counter.json == "0");
}

TEST_CASE("a counter message without data counts the default one by 1") {
  const auto without = parse(R"({"type":"counter"})");
  REQUIRE(std::holds_alternative<count_message>(without.body));
  CHECK(std::get<count_message>(without.body).counter.name == "default");
  CHECK(std::get<count_message>(without.body).change == proto::decimal(1));
  CHECK(read<count_message>("counter", "null").change == proto::decimal(1));
}

TEST_CASE("a counter's data of another kind is refused, its id too") {
  for (const auto* data : {"1", "[]", R"("c")", "true", R"({"id":true,"value":1})",
                           R"({"id":[],"value":1})", R"({"id":{},"value":1})"}) {
    CHECK(refusal("counter", data) == proto::error_code::bad_data);
  }
}

TEST_CASE("a counter's id has 128 bytes and not 129") {
  const auto count = [](std::size_t bytes) {
    return R"({"value":1,"id":)" + quoted_letters(bytes) + "}";
  };
  CHECK_FALSE(refusal("counter", count(proto::limits{}.id_bytes)).has_value());
  CHECK(refusal("counter", count(proto::limits{}.id_bytes + 1)) == proto::error_code::limit);
}

// ---- authenticate

TEST_CASE("authenticate has a key and a timestamp, an integer or a text of 13 digits") {
  for (const auto* ts :
       {"1631756233699", R"("1631756233699")", "1631756233699.0", "1.631756233699e12"}) {
    const auto tried =
        read<authenticate_message>("authenticate", R"({"key":"k","ts":)" + std::string(ts) + "}");
    CHECK(tried.timestamp_ms == 1631756233699);
    CHECK(tried.key == "k");
  }
}

TEST_CASE("authenticate takes any integer as its timestamp, for the clock to judge") {
  CHECK(read<authenticate_message>("authenticate", R"({"key":"","ts":0})").timestamp_ms == 0);
  CHECK(read<authenticate_message>("authenticate", R"({"key":"","ts":-5})").timestamp_ms == -5);
  const auto far =
      read<authenticate_message>("authenticate", R"({"key":"","ts":123456789012345600})");
  CHECK(far.timestamp_ms == 123'456'789'012'345'600);
}

TEST_CASE("a timestamp that is too long for 64 bits is as far off as one can be") {
  constexpr std::int64_t farthest = 999'999'999'999'999'999;
  for (const auto& [ts, expected] : std::vector<std::pair<std::string, std::int64_t>>{
           {"999999999999999900", 999'999'999'999'999'900},
           {"-999999999999999900", -999'999'999'999'999'900},
           {"1000000000000000000", farthest},
           {"-1000000000000000000", -farthest},
           {"1e300", farthest}}) {
    CAPTURE(ts);
    CHECK(
        read<authenticate_message>("authenticate", R"({"key":"","ts":)" + ts + "}").timestamp_ms ==
        expected);
  }
}

TEST_CASE("a timestamp that is no integer and no text of 13 digits is refused") {
  for (const auto* ts : {"null", "true", "[]", "1631756233699.5", "1e-300", R"("")",
                         R"("163175623369")", R"("16317562336990")", R"(" 163175623369")",
                         R"("+163175623369")", R"("163175623369.")", R"("0x17beaabbcc1")"}) {
    CHECK(refusal("authenticate", R"({"key":"k","ts":)" + std::string(ts) + "}") ==
          proto::error_code::bad_data);
  }
  CHECK(refusal("authenticate", R"({"key":"k"})") == error_code::bad_data);
}

TEST_CASE("a key that is missing or no text is refused, and data that is no object") {
  for (const auto* data :
       {R"({"ts":1})", R"({"ts":1,"key":1})", R"({"ts":1,"key":null})", "null", "[]", R"("k")"}) {
    CHECK(refusal("authenticate", data) == proto::error_code::bad_data);
  }
  CHECK(refusal(R"({"type":"authenticate"})") == error_code::bad_data);
}

// ---- what admins say

TEST_CASE("a config is its text, and anything else its JSON") {
  CHECK(read<config_message>("config", R"("a\nb")").text == "a\nb");
  CHECK(read<config_message>("config", R"("")").text.empty());
  CHECK(read<config_message>("config", R"({"a": 1.50})").text == R"({"a": 1.50})");
  CHECK(read<config_message>("config", "null").text == "null");
  CHECK(read<config_message>("config", "false").text == "false");
}

TEST_CASE("a config that is missing is refused") {
  CHECK(refusal(R"({"type":"config"})") == error_code::bad_data);
}

TEST_CASE("a broadcast has a type, data and addressees") {
  const auto sent = read<broadcast_message>("broadcast", R"({"type":"t","data":[1.0],"to":"a:b"})");
  CHECK(sent.type == "t");
  CHECK(sent.data == "[1.0]");
  CHECK(sent.to == sockets::topic("a", "b"));
}

TEST_CASE("a broadcast without data has none, and null is some") {
  CHECK_FALSE(read<broadcast_message>("broadcast", R"({"type":""})").data.has_value());
  CHECK(read<broadcast_message>("broadcast", R"({"type":"","data":null})").data == "null");
}

TEST_CASE("a broadcast to nobody in particular is for everybody") {
  for (const auto* data :
       {R"({"type":"t"})", R"({"type":"t","to":null})", R"({"type":"t","to":""})"}) {
    CHECK_FALSE(read<broadcast_message>("broadcast", data).to.has_value());
  }
  CHECK(read<broadcast_message>("broadcast", R"({"type":"t","to":0})").to == topic("0"));
}

TEST_CASE("a broadcast without a text type or with addressees of another kind is refused") {
  for (const auto* data :
       {"null", "[]", "{}", R"({"type":1})", R"({"type":null})", R"({"type":"t","to":false})",
        R"({"type":"t","to":[]})", R"({"type":"t","to":":x"})"}) {
    CHECK(refusal("broadcast", data) == proto::error_code::bad_data);
  }
}

TEST_CASE("a broadcast's addressees have 512 bytes and not 513") {
  const auto to = [](std::size_t bytes) {
    return R"({"type":"t","to":)" + quoted_letters(bytes) + "}";
  };
  CHECK_FALSE(refusal("broadcast", to(channel_bytes_max)).has_value());
  CHECK(refusal("broadcast", to(channel_bytes_max + 1)) == proto::error_code::limit);
}

TEST_CASE("a relay names a type, an empty one too") {
  CHECK(read<relay_message>("relay", R"("chat")").type == "chat");
  CHECK(read<relay_message>("relay", R"("")").type.empty());
  for (const auto* data : {"null", "1", "[]", "{}"}) {
    CHECK(refusal("relay", data) == proto::error_code::bad_data);
  }
  CHECK(refusal(R"({"type":"relay"})") == error_code::bad_data);
}

TEST_CASE("a relayed type has 512 bytes and not 513") {
  CHECK_FALSE(refusal("relay", quoted_letters(channel_bytes_max)).has_value());
  CHECK(refusal("relay", quoted_letters(channel_bytes_max + 1)) == proto::error_code::limit);
}

TEST_CASE("deleteRelay names a type, or with nothing or null all of them") {
  CHECK(read<delete_relay_message>("deleteRelay", R"("chat")").type == "chat");
  CHECK(read<delete_relay_message>("deleteRelay", R"("")").type == "");
  CHECK_FALSE(read<delete_relay_message>("deleteRelay", "null").type.has_value());
  const auto without = parse(R"({"type":"deleteRelay"})");
  REQUIRE(std::holds_alternative<delete_relay_message>(without.body));
  CHECK_FALSE(std::get<delete_relay_message>(without.body).type.has_value());
  CHECK(refusal("deleteRelay", "1") == proto::error_code::bad_data);
}

}  // namespace
}  // namespace innkeeper::room
