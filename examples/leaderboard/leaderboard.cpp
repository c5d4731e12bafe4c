#include "leaderboard.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "actors/durable/key_value.hpp"

namespace durable = innkeeper::durable;
namespace sockets = innkeeper::sockets;
using nlohmann::json;

namespace {

constexpr std::size_t top_size = 10;
constexpr std::size_t player_bytes_max = 64;

/// Nothing if the text is no score.
std::optional<leaderboard::entry> read_score(const std::string& text) {
  const auto told = json::parse(text, nullptr, false);
  if (!told.is_object()) return std::nullopt;
  const auto player = told.find("player");
  const auto score = told.find("score");
  if (player == told.end() || !player->is_string()) return std::nullopt;
  if (score == told.end() || !score->is_number_integer()) return std::nullopt;
  leaderboard::entry read{player->get<std::string>(), score->get<std::int64_t>()};
  if (read.player.empty() || read.player.size() > player_bytes_max) return std::nullopt;
  return read;
}

durable::object_output error(sockets::connection_id whom, const std::string& sentence) {
  return output(sockets::send{whom, sockets::text(json{{"error", sentence}}.dump())});
}

}  // namespace

/// Called when the object wakes: its rows are a score for each player.
void leaderboard::hydrate(const durable::turn& now, durable::attachments&&) {
  durable::effects none;
  const durable::key_value stored(now, none);
  std::optional<std::string> after;
  for (;;) {
    const auto page = stored.list({}, durable::key_value::list_max, after);
    if (page.empty()) return;
    for (const auto& [player, score] : page) place({player, std::stoll(score)});
    after = page.back().key;
  }
}

/// Lets everybody in, and shows the table.
durable::effects leaderboard::opened(const sockets::connection_opened& who, const durable::turn&) {
  durable::effects wanted;
  wanted.outputs.push_back(output(sockets::accept{who.connection}));
  wanted.outputs.push_back(output(sockets::send{who.connection, sockets::text(top_ten())}));
  return wanted;
}

/// The score goes into the player's row. Nobody hears of it before it is on disk.
durable::effects leaderboard::received(const sockets::message_received& what,
                                       const durable::turn& now) {
  durable::effects wanted;
  const auto told = read_score(what.payload);
  if (!told) {
    wanted.outputs.push_back(error(what.connection, R"(Say {"player":"ann","score":7}.)"));
    return wanted;
  }
  durable::key_value stored(now, wanted);
  const auto best = stored.get(told->player);
  if (best && std::stoll(*best) >= told->score) return wanted;
  if (!stored.put(told->player, std::to_string(told->score))) return wanted;
  place(*told);
  wanted.outputs.push_back(output(sockets::send_to_all{sockets::text_of_state(top_ten(), "top")}));
  wanted.if_storage_full = [who = what.connection] {
    return std::vector{error(who, "The disk is full.")};
  };
  return wanted;
}

void leaderboard::place(entry best) {
  std::erase_if(top_, [&](const auto& each) { return each.player == best.player; });
  const auto behind =
      std::ranges::find_if(top_, [&](const auto& each) { return each.score < best.score; });
  top_.insert(behind, std::move(best));
  if (top_.size() > top_size) top_.pop_back();
}

std::string leaderboard::top_ten() const {
  auto list = json::array();
  for (const auto& [player, score] : top_) list.push_back({{"player", player}, {"score", score}});
  return json{{"top", list}}.dump();
}
