#include "tests/simulation/room_texts.hpp"

#include <cstdlib>

namespace innkeeper::simulation {
namespace {

void add(std::string& list, const std::string& item) {
  if (!list.empty()) list += ",";
  list += item;
}

}  // namespace

std::string in_quotes(const std::string& plain) {
  return '"' + plain + '"';
}

std::string decimal_text(std::int64_t hundredths) {
  auto text = std::to_string(std::abs(hundredths) / 100);
  const auto rest = std::abs(hundredths) % 100;
  if (rest > 0) {
    text += rest < 10 ? ".0" : ".";
    text += std::to_string(rest % 10 == 0 ? rest / 10 : rest);
  }
  return hundredths < 0 ? "-" + text : text;
}

std::string channels_json(const channel_map& channels) {
  std::string events;
  for (const auto& [event, ids] : channels) {
    std::string list;
    for (const auto& id : ids) add(list, in_quotes(id) + ":true");
    add(events, in_quotes(event) + ":{" + list + "}");
  }
  return "{" + events + "}";
}

std::string login_json(const properties& login, bool only_public,
                       const std::optional<channel_map>& channels) {
  std::string list;
  for (const auto& [key, value] : login) {
    if (!only_public || !key.starts_with('_')) add(list, in_quotes(key) + ":" + value);
  }
  if (channels) add(list, R"("subscriptions":)" + channels_json(*channels));
  return "{" + list + "}";
}

std::string poll_frame(bool ephemeral, const std::string& id_json,
                       const std::map<std::string, std::string>& votes) {
  std::map<std::string, int> stats;
  for (const auto& [session, answer] : votes) ++stats[answer];
  std::string list;
  for (const auto& [answer, count] : stats)
    add(list, in_quotes(answer) + ":" + std::to_string(count));
  return frame_of(ephemeral ? "ephemeralPoll" : "poll",
                  R"({"id":)" + id_json + R"(,"stats":{)" + list + "}}");
}

std::string counter_frame(const std::string& id_json, std::int64_t hundredths) {
  return frame_of("counter",
                  R"({"id":)" + id_json + R"(,"value":)" + decimal_text(hundredths) + "}");
}

std::string frame_of(const std::string& type, const std::optional<std::string>& data) {
  return R"({"type":)" + in_quotes(type) + (data ? R"(,"data":)" + *data : "") + "}";
}

}  // namespace innkeeper::simulation
