#include "tests/simulation/message_generator.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "proto/digest.hpp"
#include "tests/simulation/run_facts.hpp"

namespace innkeeper::simulation {
namespace {

std::string in_quotes(std::string_view plain) {
  return '"' + std::string(plain) + '"';
}

saying message(verb what, std::string type, std::optional<std::string> data) {
  saying made;
  made.what = what;
  made.text = R"({"type":)" + in_quotes(type) + (data ? R"(,"data":)" + *data : "") + "}";
  made.type = std::move(type);
  made.data = std::move(data);
  return made;
}

std::string any_data(chance& by) {
  static const std::array<std::string, 7> some{
      R"("hello")", "1", "null", R"({"a":[1,2.50,{"b":"c"}]})", "[]", "true", R"("\u00e9\n")"};
  return by.one_of(some);
}

saying chat(chance& by) {
  if (by.percent(10)) return message(verb::chat, "chat", std::nullopt);
  return message(verb::chat, "chat", any_data(by));
}

topic some_topic(chance& by) {
  static const std::array<topic, 12> some{{{"chat", {}},
                                           {"poll", {}},
                                           {"poll", "p"},
                                           {"poll", "7"},
                                           {"ephemeralPoll", {}},
                                           {"ephemeralPoll", "p"},
                                           {"counter", {}},
                                           {"counter", "c"},
                                           {"counter", "default"},
                                           {"news", {}},
                                           {"news", "x"},
                                           {"chat", "x"}}};
  return by.one_of(some);
}

std::string topic_json(chance& by, const topic& where) {
  if (where.id) return in_quotes(where.event + ":" + *where.id);
  return in_quotes(where.event + (by.percent(20) ? ":all" : ""));
}

saying about_topic(chance& by, bool subscribes) {
  const auto where = some_topic(by);
  auto made = message(subscribes ? verb::subscribe : verb::unsubscribe,
                      subscribes ? "subscribe" : "unsubscribe", topic_json(by, where));
  made.where = where;
  return made;
}

saying login(chance& by) {
  properties wanted;
  std::string json;
  const auto add = [&](const std::string& key, const std::string& value, bool kept = true) {
    json += (json.empty() ? "" : ",") + in_quotes(key) + ":" + value;
    if (kept) wanted.emplace_back(key, value);
  };
  if (by.percent(70)) add("name", in_quotes("n" + std::to_string(by.below(5))));
  if (by.percent(30)) add("_secret", std::to_string(by.below(9)));
  if (by.percent(10)) add("subscriptions", R"({"chat":{"all":true}})", false);
  if (by.percent(30)) add("at", "[1.5,2]");
  auto made = message(verb::login, "login", "{" + json + "}");
  made.login = std::move(wanted);
  return made;
}

struct spoken {
  std::string name;
  std::string json;
};

spoken poll_id(chance& by) {
  static const std::array<spoken, 4> some{
      {{"p", R"("p")"}, {"7", "7"}, {"7", R"("7")"}, {"", R"("")"}}};
  return by.one_of(some);
}

saying vote(chance& by, bool ephemeral) {
  static const std::array<spoken, 4> answers{
      {{"a", R"("a")"}, {"b", R"("b")"}, {"3", "3"}, {"3", "3.0"}}};
  const auto id = poll_id(by);
  const auto& answer = by.one_of(answers);
  auto made =
      message(ephemeral ? verb::vote_ephemerally : verb::vote, ephemeral ? "ephemeralPoll" : "poll",
              R"({"id":)" + id.json + R"(,"answer":)" + answer.json + "}");
  made.id = id.name;
  made.id_json = id.json;
  made.answer = answer.name;
  return made;
}

saying count(chance& by) {
  static const std::array<std::pair<std::string, std::int64_t>, 9> changes{{{"1", 100},
                                                                            {"17.75", 1775},
                                                                            {"-15.14", -1514},
                                                                            {R"("0.1")", 10},
                                                                            {R"(" 6 ")", 600},
                                                                            {R"("+7")", 700},
                                                                            {"0", 0},
                                                                            {"1e1", 1000},
                                                                            {"-2.5e-1", -25}}};
  if (by.percent(10)) {
    auto made =
        message(verb::count, "counter", by.percent(50) ? std::optional("null") : std::nullopt);
    made.id = "default";
    made.id_json = R"("default")";
    made.hundredths = 100;
    return made;
  }
  static const std::array<spoken, 4> ids{
      {{"c", R"("c")"}, {"d", R"("d")"}, {"0", "0"}, {"c", R"("c")"}}};
  const auto& id = by.one_of(ids);
  const auto& change = by.one_of(changes);
  auto made =
      message(verb::count, "counter", R"({"id":)" + id.json + R"(,"value":)" + change.first + "}");
  made.id = id.name;
  made.id_json = id.json;
  made.hundredths = change.second;
  return made;
}

saying authenticate(chance& by, const std::string& room, std::int64_t ts, bool good) {
  auto key = proto::sha256_hex(room + std::to_string(ts) + (good ? signing_key : "a guess"));
  if (by.percent(30)) {
    std::ranges::transform(key, key.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  }
  const auto number = std::to_string(ts);
  auto made = message(verb::authenticate, "authenticate",
                      R"({"ts":)" + (by.percent(30) ? in_quotes(number) : number) + R"(,"key":)" +
                          in_quotes(key) + "}");
  made.ts = ts;
  made.key_is_good = good;
  return made;
}

/// Often a timestamp that others use too.
std::int64_t some_ts(chance& by, std::int64_t now_ms) {
  constexpr std::int64_t step_ms = 60'000;
  const auto rounded = now_ms / step_ms * step_ms;
  if (by.percent(20)) return rounded + by.between(-10, 10) * step_ms;
  return by.percent(50) ? rounded : now_ms;
}

saying config(chance& by) {
  static const std::array<spoken, 4> some{
      {{"open", R"("open")"}, {"closed", R"("closed")"}, {"[1,2]", "[1,2]"}, {"null", "null"}}};
  const auto& text = by.one_of(some);
  auto made = message(verb::config, "config", text.json);
  made.word = text.name;
  return made;
}

saying broadcast(chance& by) {
  static const std::array<std::string, 3> types{"news", "chat", ""};
  const std::string type = by.one_of(types);
  std::string data = R"({"type":)" + in_quotes(type);
  std::optional<std::string> payload;
  if (by.percent(80)) {
    payload = any_data(by);
    data += R"(,"data":)" + *payload;
  }
  std::optional<topic> to;
  if (by.percent(60)) {
    to = some_topic(by);
    data += R"(,"to":)" + topic_json(by, *to);
  } else if (by.percent(30)) {
    data += by.percent(50) ? R"(,"to":"")" : R"(,"to":null)";
  }
  auto made = message(verb::broadcast, "broadcast", data + "}");
  made.word = type;
  made.payload = payload;
  made.where = to;
  return made;
}

std::string relayed_type(chance& by) {
  static const std::array<std::string, 8> some{"chat",    "counter", "poll",   "wave",
                                               "profile", "relay",   "config", "ping"};
  return by.one_of(some);
}

saying relay(chance& by) {
  auto type = relayed_type(by);
  auto made = message(verb::relay, "relay", in_quotes(type));
  made.word = std::move(type);
  return made;
}

saying delete_relay(chance& by) {
  if (by.percent(30)) return message(verb::delete_relay, "deleteRelay", std::nullopt);
  auto made = relay(by);
  made = message(verb::delete_relay, "deleteRelay", made.data);
  made.word = made.data->substr(1, made.data->size() - 2);
  return made;
}

saying other(chance& by) {
  static const std::array<std::string, 6> types{"wave", "ping", "pong", "join", "leave", ""};
  return message(verb::other, by.one_of(types),
                 by.percent(50) ? std::optional(any_data(by)) : std::nullopt);
}

saying bad(chance& by) {
  static const std::array<std::pair<const char*, const char*>, 6> some{
      {{"poll", R"({"id":["a"],"answer":"a"})"},
       {"counter", R"({"id":"c","value":"many"})"},
       {"login", "[]"},
       {"subscribe", "{}"},
       {"unsubscribe", R"("")"},
       {"ephemeralPoll", "null"}}};
  const auto& [type, data] = by.one_of(some);
  auto made = message(verb::bad, type, data);
  made.code = "bad_data";
  return made;
}

saying nonsense(chance& by) {
  static const std::array<std::string, 5> some{"{", "[]", R"({"type":1})", "", R"({"data":{}})"};
  saying made;
  made.what = verb::nonsense;
  made.text = by.one_of(some);
  made.code = "malformed";
  return made;
}

}  // namespace

saying say_goodbye() {
  return message(verb::close, "close", std::nullopt);
}

saying say_authenticate(chance& by, const std::string& room, std::int64_t now_ms) {
  return authenticate(by, room, now_ms, true);
}

saying say_something(chance& by, const std::string& room, std::int64_t now_ms) {
  const auto dice = by.below(100);
  if (dice < 10) return chat(by);
  if (dice < 24) return about_topic(by, true);
  if (dice < 29) return about_topic(by, false);
  if (dice < 32) return message(verb::profile, "profile", std::nullopt);
  if (dice < 37) return login(by);
  if (dice < 49) return vote(by, false);
  if (dice < 59) return vote(by, true);
  if (dice < 72) return count(by);
  if (dice < 78) return authenticate(by, room, some_ts(by, now_ms), by.percent(90));
  if (dice < 81) return config(by);
  if (dice < 84) return broadcast(by);
  if (dice < 88) return relay(by);
  if (dice < 90) return delete_relay(by);
  if (dice < 91) return say_goodbye();
  if (dice < 96) return other(by);
  if (dice < 98) return bad(by);
  return nonsense(by);
}

}  // namespace innkeeper::simulation
