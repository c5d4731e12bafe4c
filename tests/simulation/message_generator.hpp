// What clients say, by chance: the JSON that is sent, and beside it what it means, so that the
// model need not read JSON.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/chance.hpp"

namespace innkeeper::simulation {

enum class verb {
  chat,
  subscribe,
  unsubscribe,
  profile,
  login,
  vote,
  vote_ephemerally,
  count,
  authenticate,
  config,
  broadcast,
  relay,
  delete_relay,
  close,
  /// A made-up type, or one without an effect.
  other,
  /// Refused with `code`.
  bad,
  /// No message of the protocol at all; refused with `code`.
  nonsense,
};

struct topic {
  std::string event;
  /// Nothing: every id.
  std::optional<std::string> id;
};

/// Key and JSON value, in the order sent.
using properties = std::vector<std::pair<std::string, std::string>>;

struct saying {
  verb what = verb::other;
  /// As it is sent.
  std::string text;
  std::string type;
  /// Raw JSON.
  std::optional<std::string> data;
  /// Of a poll or counter: what it means, and the JSON that said so.
  std::string id;
  std::string id_json;
  std::string answer;
  /// What a counter changes by.
  std::int64_t hundredths = 0;
  /// For subscribe, unsubscribe and the `to` of a broadcast.
  std::optional<topic> where;
  properties login;
  /// For authenticate.
  std::int64_t ts = 0;
  bool key_is_good = false;
  /// For config; the type to be relayed (nothing: all); the type of a broadcast.
  std::optional<std::string> word;
  /// Raw JSON, for broadcast.
  std::optional<std::string> payload;
  std::string code;
};

/// What somebody in this room might say at this time.
saying say_something(chance& by, const std::string& room, std::int64_t now_ms);
saying say_goodbye();
/// A good key.
saying say_authenticate(chance& by, const std::string& room, std::int64_t now_ms);

}  // namespace innkeeper::simulation
