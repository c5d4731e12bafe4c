#include "actors/room/client_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <utility>

#include "proto/ascii.hpp"

namespace innkeeper::room {
namespace {

refused_message bad_data(std::string sentence) {
  return {{proto::error_code::bad_data, std::move(sentence)}};
}

refused_message over_limit(std::string sentence) {
  return {{proto::error_code::limit, std::move(sentence)}};
}

template <class T>
using parsed = std::variant<refused_message, T>;

bool is_missing(const proto::json_value* value) {
  return value == nullptr || value->kind == proto::json_kind::null;
}

struct envelope {
  std::string_view type;
  /// Null if absent.
  const proto::json_value* data;
};

/// Calls `read` with the fields of the data, which must be an object.
template <class Read>
message_body with_object(const envelope& message, const proto::limits& bounds, Read read) {
  if (message.data == nullptr || message.data->kind != proto::json_kind::object) {
    return bad_data("The data of '" + std::string(message.type) + "' has to be an object.");
  }
  return read(message.data->members(), bounds);
}

/// Returns a text, or a number as a text; nothing for other kinds.
parsed<std::string> read_name(const proto::json_value& value, std::string_view what,
                              std::size_t bytes_max) {
  const auto too_long = [&] {
    return over_limit(std::string(what) + " may have at most " + std::to_string(bytes_max) +
                      " bytes.");
  };
  if (value.kind == proto::json_kind::string) {
    auto text = value.text();
    if (proto::is_over(text.size(), bytes_max)) return too_long();
    return text;
  }
  if (value.kind == proto::json_kind::number) {
    auto text =
        proto::canonical_number(value.raw, bytes_max == 0 ? proto::number_bytes_max : bytes_max);
    if (!text) return too_long();
    return std::move(*text);
  }
  return bad_data(std::string(what) + " has to be a string or a number.");
}

/// For votes: true and false are also read as texts.
parsed<std::string> read_vote_name(const proto::json_value& value, std::string_view what,
                                   std::size_t bytes_max) {
  if (value.kind == proto::json_kind::boolean) return std::string(value.raw);
  auto name = read_name(value, what, bytes_max);
  const auto* refused = std::get_if<refused_message>(&name);
  if (refused == nullptr || refused->error.code != proto::error_code::bad_data) return name;
  return bad_data(std::string(what) + " has to be a string, a number or a boolean.");
}

parsed<spoken_id> read_poll_id(const proto::json_value* value, const proto::limits& bounds) {
  if (value == nullptr) {
    return bad_data("The data needs an 'id', a string, a number or a boolean.");
  }
  auto name = read_vote_name(*value, "An id", bounds.id_bytes);
  if (auto* refused = std::get_if<refused_message>(&name)) return std::move(*refused);
  return spoken_id{std::get<std::string>(std::move(name)), std::string(value->raw)};
}

parsed<spoken_id> read_id(const proto::json_value* value, const proto::limits& bounds) {
  if (value == nullptr) return bad_data("The data needs an 'id', a string or a number.");
  auto name = read_name(*value, "An id", bounds.id_bytes);
  if (auto* refused = std::get_if<refused_message>(&name)) return std::move(*refused);
  return spoken_id{std::get<std::string>(std::move(name)), std::string(value->raw)};
}

message_body read_vote(const proto::json_object& data, bool ephemeral,
                       const proto::limits& bounds) {
  auto id = read_poll_id(data.find("id"), bounds);
  if (auto* refused = std::get_if<refused_message>(&id)) return std::move(*refused);
  const auto* answer_value = data.find("answer");
  if (answer_value == nullptr) {
    return bad_data("A vote needs an 'answer', a string, a number or a boolean.");
  }
  auto answer = read_vote_name(*answer_value, "An answer", bounds.answer_bytes);
  if (auto* refused = std::get_if<refused_message>(&answer)) return std::move(*refused);
  return vote_message{ephemeral, std::get<spoken_id>(std::move(id)),
                      std::get<std::string>(std::move(answer))};
}

/// The ASCII white space that JavaScript skips around a number in a text.
constexpr std::string_view white_space = " \t\n\v\f\r";

parsed<proto::decimal> read_change(const proto::json_value* value) {
  const bool is_number = value != nullptr && value->kind == proto::json_kind::number;
  const bool is_text = value != nullptr && value->kind == proto::json_kind::string;
  if (!is_number && !is_text) {
    return bad_data("A counter's 'value' has to be a number or the text of one.");
  }
  const auto written = is_number ? std::string() : value->text();
  const auto text = is_number ? value->raw : proto::trimmed(written, white_space);
  if (const auto change = proto::decimal::parse(text)) return *change;
  if (proto::is_decimal_text(text)) {
    return over_limit("A counter's 'value' may have at most 34 digits and lie within 1e21.");
  }
  return bad_data("A counter's 'value' has to be a number or the text of one.");
}

spoken_id default_counter() {
  return {"default", "\"default\""};
}

message_body read_count(const proto::json_object& data, const proto::limits& bounds) {
  const auto* id_value = data.find("id");
  const bool is_default = is_missing(id_value) || (id_value->kind == proto::json_kind::string &&
                                                   id_value->string().empty());
  parsed<spoken_id> id =
      is_default ? parsed<spoken_id>(default_counter()) : read_id(id_value, bounds);
  if (auto* refused = std::get_if<refused_message>(&id)) return std::move(*refused);
  auto change = read_change(data.find("value"));
  if (auto* refused = std::get_if<refused_message>(&change)) return std::move(*refused);
  return count_message{std::get<spoken_id>(std::move(id)), std::get<proto::decimal>(change)};
}

parsed<sockets::topic> read_channel(const proto::json_value* value) {
  if (value == nullptr) return bad_data("A channel has to be a text like 'chat' or 'poll:lunch'.");
  auto text = read_name(*value, "A channel", proto::channel_bytes_max);
  if (auto* refused = std::get_if<refused_message>(&text)) return std::move(*refused);
  auto what = sockets::parse_topic(std::get<std::string>(text));
  if (!what) return bad_data("A channel needs an event before the colon.");
  return std::move(*what);
}

/// A timestamp in milliseconds: an integer, or a text of exactly 13 digits. An integer of more than
/// 18 digits becomes the largest of 18 digits, so that the client receives `wrong_timestamp`.
std::optional<std::int64_t> read_timestamp(const proto::json_value* value) {
  constexpr std::size_t text_digits = 13;
  constexpr std::size_t number_digits_max = 18;
  constexpr std::int64_t farthest = 999'999'999'999'999'999;
  if (value == nullptr) return std::nullopt;
  std::optional<std::string> digits;
  if (value->kind == proto::json_kind::number)
    digits = proto::canonical_number(value->raw, proto::number_bytes_max);
  if (value->kind == proto::json_kind::string) {
    auto text = value->text();
    const bool is_timestamp =
        text.size() == text_digits && text.find_first_not_of("0123456789") == std::string::npos;
    if (is_timestamp) digits = std::move(text);
  }
  if (!digits || digits->find('.') != std::string::npos) return std::nullopt;
  const bool is_negative = digits->starts_with('-');
  if (digits->size() > number_digits_max + (is_negative ? 1 : 0)) {
    return is_negative ? -farthest : farthest;
  }
  std::int64_t timestamp = 0;
  const auto* end = digits->data() + digits->size();
  const auto [stop, error] = std::from_chars(digits->data(), end, timestamp);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return timestamp;
}

message_body read_authenticate(const proto::json_object& data, const proto::limits&) {
  const auto timestamp = read_timestamp(data.find("ts"));
  if (!timestamp) {
    return bad_data("'ts' has to be milliseconds, as an integer or a text of 13 digits.");
  }
  const auto* key = data.find("key");
  if (key == nullptr || key->kind != proto::json_kind::string) {
    return bad_data("'key' has to be a text of 64 hex digits.");
  }
  return authenticate_message{*timestamp, key->text()};
}

parsed<std::optional<sockets::topic>> read_addressees(const proto::json_value* to) {
  if (is_missing(to) || (to->kind == proto::json_kind::string && to->string().empty()))
    return std::nullopt;
  auto what = read_channel(to);
  if (auto* refused = std::get_if<refused_message>(&what)) return std::move(*refused);
  return std::optional(std::get<sockets::topic>(std::move(what)));
}

message_body read_broadcast(const proto::json_object& data, const proto::limits&) {
  const auto* type = data.find("type");
  if (type == nullptr || type->kind != proto::json_kind::string) {
    return bad_data("A broadcast needs a 'type' that is a string.");
  }
  auto to = read_addressees(data.find("to"));
  if (auto* refused = std::get_if<refused_message>(&to)) return std::move(*refused);
  broadcast_message message{type->text(), std::nullopt,
                            std::get<std::optional<sockets::topic>>(std::move(to))};
  if (const auto* content = data.find("data")) message.data = std::string(content->raw);
  return message;
}

bool is_reserved_property(std::string_view key) {
  return key == "subscriptions";
}

template <class Keep>
std::string object_with(const std::vector<proto::json_field>& fields, Keep keep) {
  std::string text = "{";
  for (const auto& [name, value] : fields) {
    const auto key = name.text();
    if (!keep(key)) continue;
    if (text.size() > 1) text += ',';
    text.append(proto::quote(key)).append(":").append(value.raw);
  }
  return text + '}';
}

bool is_public(std::string_view key) {
  return !key.starts_with('_');
}

message_body read_login_fields(const proto::json_object& data, const proto::limits& bounds) {
  login_message login;
  const auto fields = data.distinct();
  login.properties =
      object_with(fields, [](std::string_view key) { return !is_reserved_property(key); });
  login.public_properties = object_with(
      fields, [](std::string_view key) { return !is_reserved_property(key) && is_public(key); });
  if (proto::is_over(login.properties.size(), bounds.properties_bytes)) {
    return over_limit("A session's properties may have at most " +
                      std::to_string(bounds.properties_bytes) + " bytes.");
  }
  return login;
}

message_body read_login(const envelope& message, const proto::limits& bounds) {
  if (is_missing(message.data)) return login_message{"{}", "{}"};
  return with_object(message, bounds, read_login_fields);
}

message_body read_config(const proto::json_value* data) {
  if (data == nullptr) return bad_data("The config is missing: it has to be the message's data.");
  return config_message{data->kind == proto::json_kind::string ? data->text()
                                                               : std::string(data->raw)};
}

message_body read_relay(const proto::json_value* data) {
  if (data == nullptr || data->kind != proto::json_kind::string) {
    return bad_data("The data of 'relay' has to be the name of a type.");
  }
  auto type = data->text();
  if (type.size() > proto::channel_bytes_max)
    return over_limit("A type's name is at most 512 bytes.");
  return relay_message{std::move(type)};
}

message_body read_delete_relay(const proto::json_value* data) {
  if (is_missing(data)) return delete_relay_message{};
  if (data->kind != proto::json_kind::string) {
    return bad_data("The data of 'deleteRelay' has to be the name of a type, or nothing.");
  }
  return delete_relay_message{data->text()};
}

template <class Message>
message_body read_subscription(const proto::json_value* data) {
  auto what = read_channel(data);
  if (auto* refused = std::get_if<refused_message>(&what)) return std::move(*refused);
  return Message{std::get<sockets::topic>(std::move(what))};
}

message_body read_body(const envelope& message, const proto::limits& bounds) {
  const auto& [type, data] = message;
  if (type == "chat") return chat_message{};
  if (type == "counter") {
    if (is_missing(data)) return count_message{default_counter(), proto::decimal(1)};
    return with_object(message, bounds, read_count);
  }
  if (type == "poll" || type == "ephemeralPoll") {
    const bool ephemeral = type == "ephemeralPoll";
    return with_object(message, bounds,
                       [=](const proto::json_object& fields, const proto::limits& b) {
                         return read_vote(fields, ephemeral, b);
                       });
  }
  if (type == "subscribe") return read_subscription<subscribe_message>(data);
  if (type == "unsubscribe") return read_subscription<unsubscribe_message>(data);
  if (type == "profile") return profile_message{};
  if (type == "login") return read_login(message, bounds);
  if (type == "authenticate") return with_object(message, bounds, read_authenticate);
  if (type == "config") return read_config(data);
  if (type == "broadcast") return with_object(message, bounds, read_broadcast);
  if (type == "relay") return read_relay(data);
  if (type == "deleteRelay") return read_delete_relay(data);
  if (type == "close") return close_message{};
  return other_message{};
}

}  // namespace

std::variant<proto::protocol_error, client_message> parse_client_message(
    std::string_view text, const proto::limits& bounds) {
  auto read = parse_object(text, bounds);
  if (auto* error = std::get_if<proto::protocol_error>(&read)) return std::move(*error);
  const auto& whole = std::get<proto::json_object>(read);
  const auto* type = whole.find("type");
  if (type == nullptr || type->kind != proto::json_kind::string) {
    return proto::protocol_error{proto::error_code::malformed,
                                 "A message needs a 'type' that is a string."};
  }
  std::variant<proto::protocol_error, client_message> parsed(std::in_place_type<client_message>);
  auto& message = std::get<client_message>(parsed);
  message.type = type->text();
  const auto* data = whole.find("data");
  message.body = read_body({message.type, data}, bounds);
  if (data != nullptr) message.data = std::string(data->raw);
  return parsed;
}

bool is_admin_type(std::string_view type) {
  constexpr std::array<std::string_view, 4> types{"config", "broadcast", "relay", "deleteRelay"};
  return std::ranges::find(types, type) != types.end();
}

std::string public_properties_of(std::string_view properties) {
  if (properties == "{}") return "{}";  // the most common case
  proto::limits unbounded;              // they were parsed within the limits valid at that time
  unbounded.json_depth = 0;
  unbounded.json_keys = 0;
  const auto read = parse_object(properties, unbounded);
  const auto* whole = std::get_if<proto::json_object>(&read);
  return whole == nullptr ? "{}" : object_with(whole->distinct(), is_public);
}

}  // namespace innkeeper::room
