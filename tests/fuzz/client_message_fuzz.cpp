// A client's message: whatever is accepted is JSON that another parser reads alike, and goes on
// with its value unchanged.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "actors/room/client_message.hpp"
#include "actors/room/server_message.hpp"
#include "actors/sockets/subscriptions.hpp"
#include "proto/limits.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace innkeeper::fuzz {
namespace {

using json = nlohmann::json;
using room::client_message;

/// What nlohmann's parser makes of it; nothing if that is no object with a text `type`.
std::optional<json> read_by_another(std::string_view text) {
  json value = json::parse(text, nullptr, false);
  if (!value.is_object()) return std::nullopt;
  const auto type = value.find("type");
  if (type == value.end() || !type->is_string()) return std::nullopt;
  return value;
}

void check_body(const client_message& message) {
  if (const auto* login = std::get_if<room::login_message>(&message.body)) {
    require(json::parse(login->properties).is_object(), "properties are an object");
    require(login->public_properties == room::public_properties_of(login->properties),
            "public properties are found again");
    const auto with = room::properties_with_subscriptions(login->properties, R"({"a":{}})");
    require(json::parse(with)["subscriptions"].is_object(), "subscriptions join the properties");
  }
  if (const auto* vote = std::get_if<room::vote_message>(&message.body)) {
    require(vote->poll.name.size() <= proto::limits{}.id_bytes, "a poll's id is bounded");
    const auto frame =
        json::parse(room::encode_poll(vote->ephemeral, vote->poll.json, {{vote->answer, 1}}));
    require(frame["data"]["stats"][vote->answer] == 1, "a vote's answer is repeated");
  }
  if (const auto* count = std::get_if<room::count_message>(&message.body)) {
    const auto text = count->change.text();
    require(proto::decimal::parse(text) == count->change, "a change survives its text");
    const auto frame = json::parse(room::encode_counter(count->counter.json, text));
    require(frame["data"]["value"].is_number(), "a counter's value is a number");
  }
  if (const auto* wanted = std::get_if<room::subscribe_message>(&message.body)) {
    sockets::subscriptions all;
    require(all.add(wanted->what), "the first subscription is new");
    require(sockets::subscriptions::from_json(all.to_json()) == all, "subscriptions survive JSON");
  }
  if (const auto* refused = std::get_if<room::refused_message>(&message.body)) {
    require(json::parse(proto::encode_error(refused->error))["type"] == "error",
            "a refusal can be told");
  }
}

/// What the server tells with a text of a client's in it.
void check_told(const std::string& text) {
  require(json::parse(room::encode_config(text))["data"] == text, "the config is told as it is");
  require(json::parse(room::encode_ping(-1))["type"] == "ping", "a ping is JSON");
  room::room_details details;
  details.name = text;
  details.config = text;
  details.count = 3;
  const auto told = json::parse(room::encode_details(details));
  require(told.dump().find(json(text).dump()) != std::string::npos, "details name the room");
  const auto users = json::parse(room::encode_users(5, {{1, "{}", 2}, {3, R"({"a":1})", 4}}));
  require(users.is_structured(), "users are JSON");
  room::profile_view admin{7, text, "{}", "{}"};
  admin.as = proto::role::admin;
  require(json::parse(room::encode_profile(admin))["data"]["id"] == text, "a profile has its id");
}

void check_accepted(const client_message& message, const json& same) {
  require(same["type"] == message.type, "the type is read alike");
  require(same.contains("data") == message.data.has_value(), "data is there or not");
  if (message.data) {
    require(json::parse(*message.data) == same["data"], "data is passed on by value");
  }
  const auto frame = json::parse(room::encode_broadcast(message.type, message.data));
  require(frame["type"] == message.type, "a frame has the type");
  if (message.data) require(frame["data"] == same["data"], "a frame has the data");
  const auto chat = json::parse(room::encode_chat(message.data, 1, "{}"));
  require(chat["data"]["user"]["suffix"] == 1, "a chat names its sender");
  const room::profile_view sender{7, "session", "{}", "{}"};
  require(json::parse(room::encode_profile(sender))["data"]["suffix"] == 7, "a profile is JSON");
  require(json::parse(room::encode_relay(message.type, message.data, sender))["type"] ==
              "relay:" + message.type,
          "a relay names the type");
  check_told(message.type);
  check_body(message);
}

void check(std::string_view text) {
  const auto parsed = room::parse_client_message(text, proto::limits());
  // The other parser skips a mark, and takes a zero for the end.
  const bool alike = !text.starts_with("\xEF\xBB\xBF") && text.find('\0') == text.npos;
  const auto same = alike ? read_by_another(text) : std::nullopt;
  if (const auto* message = std::get_if<client_message>(&parsed)) {
    require(same.has_value(), "what is accepted is JSON to another parser as well");
    return check_accepted(*message, *same);
  }
  const auto& error = std::get<proto::protocol_error>(parsed);
  require(json::parse(proto::encode_error(error))["code"] == proto::code_word(error.code),
          "an error can be told");
  require(!same || error.code == proto::error_code::limit,
          "what another parser accepts is refused for a limit only");
}

}  // namespace
}  // namespace innkeeper::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innkeeper::fuzz::check(innkeeper::fuzz::as_text(data, size));
  return 0;
}
