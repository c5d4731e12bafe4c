#include "actors/room/polls.hpp"

#include <algorithm>

namespace innkeeper::room {

void poll_tallies::restore(std::string_view poll, std::string_view answer, std::int64_t votes) {
  auto found = polls_.find(poll);
  if (found == polls_.end()) found = polls_.emplace_hint(polls_.end(), poll, tallies());
  auto& stats = found->second;
  stats.insert_or_assign(stats.end(), std::string(answer), votes);
}

bool poll_tallies::has_room_for(std::string_view poll, std::string_view answer,
                                const std::optional<std::string>& earlier,
                                const proto::limits& bounds) const {
  const auto* stats = find(poll);
  if (stats == nullptr) return !proto::is_over(polls_.size() + 1, bounds.polls);
  const bool makes_place = earlier && votes(poll, *earlier) == 1;
  const auto answers = stats->size() - (makes_place ? 1 : 0);
  return stats->contains(answer) || !proto::is_over(answers + 1, bounds.answers);
}

tallies poll_tallies::after(std::string_view poll, const std::string& answer,
                            const std::optional<std::string>& earlier) const {
  const auto* stats = find(poll);
  auto changed = stats == nullptr ? tallies() : *stats;
  if (earlier && changed.contains(*earlier) && --changed[*earlier] == 0) changed.erase(*earlier);
  ++changed[answer];
  return changed;
}

void poll_tallies::cast(const std::string& poll, const std::string& answer,
                        const std::optional<std::string>& earlier) {
  if (earlier) take_back(poll, *earlier);
  ++polls_[poll][answer];
}

void poll_tallies::take_back(const std::string& poll, const std::string& answer) {
  auto& stats = polls_[poll];
  const auto counted = stats.find(answer);
  if (counted == stats.end()) return;
  if (--counted->second == 0) stats.erase(counted);
}

std::optional<std::string> poll_tallies::forget_empty() {
  const auto found =
      std::ranges::find_if(polls_, [](const auto& each) { return each.second.empty(); });
  if (found == polls_.end()) return std::nullopt;
  return std::move(polls_.extract(found).key());
}

const tallies* poll_tallies::find(std::string_view poll) const {
  const auto found = polls_.find(poll);
  return found == polls_.end() ? nullptr : &found->second;
}

std::size_t poll_tallies::bytes_of(std::string_view poll) const {
  std::size_t bytes = 0;
  const auto* stats = find(poll);
  if (stats == nullptr) return bytes;
  for (const auto& [answer, _] : *stats) bytes += answer.size();
  return bytes;
}

std::int64_t poll_tallies::votes(std::string_view poll, const std::string& answer) const {
  const auto* stats = find(poll);
  if (stats == nullptr) return 0;
  const auto counted = stats->find(answer);
  return counted == stats->end() ? 0 : counted->second;
}

bool ephemeral_polls::has_room_for(const std::string& session, const std::string& poll,
                                   std::string_view answer, const proto::limits& bounds) const {
  return tallies_.has_room_for(poll, answer, vote_of(session, poll), bounds);
}

void ephemeral_polls::cast(const std::string& session, const std::string& poll,
                           const std::string& answer) {
  tallies_.cast(poll, answer, vote_of(session, poll));
  votes_[session][poll] = answer;
}

std::optional<std::string> ephemeral_polls::vote_of(const std::string& session,
                                                    const std::string& poll) const {
  const auto votes = votes_.find(session);
  if (votes == votes_.end()) return std::nullopt;
  const auto vote = votes->second.find(poll);
  return vote == votes->second.end() ? std::nullopt : std::optional(vote->second);
}

std::optional<std::string> ephemeral_polls::make_place_for(const std::string& poll,
                                                           const proto::limits& bounds) {
  const bool is_new = tallies_.find(poll) == nullptr;
  if (!is_new || !proto::is_over(tallies_.all().size() + 1, bounds.polls)) return std::nullopt;
  return tallies_.forget_empty();
}

std::vector<std::string> ephemeral_polls::forget(const std::string& session) {
  std::vector<std::string> changed;
  const auto votes = votes_.find(session);
  if (votes == votes_.end()) return changed;
  for (const auto& [poll, answer] : votes->second) {
    tallies_.take_back(poll, answer);
    changed.push_back(poll);
  }
  votes_.erase(votes);
  return changed;
}

}  // namespace innkeeper::room
