#include "tests/simulation/room_model.hpp"
#include "tests/simulation/room_texts.hpp"

// Whether the disk holds just what was committed.

namespace innkeeper::simulation {
namespace {

std::string in_words(const storage::value& v) {
  if (const auto* number = std::get_if<std::int64_t>(&v)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&v)) return *text;
  return "-";
}

/// When the row was written, for people; or the server's own clock, which is the time of day here.
bool has_time_at_the_end(std::string_view table) {
  return table == "room_states" || table == "room_sessions";
}

std::string dump(const simulated_disk& disk, const std::string& name) {
  const auto number = disk.number_of(name);
  if (!number) return {};
  std::string text;
  for (const auto* table :
       {"room_states", "room_sessions", "room_tallies", "room_votes", "room_counters"}) {
    for (auto [key, columns] : disk.rows_of(table, *number)) {
      if (has_time_at_the_end(table)) columns.pop_back();
      text += table;
      for (const auto& part : key) text += " " + in_words(part);
      text += " =";
      for (const auto& part : columns) text += " " + in_words(part);
      text += "\n";
    }
  }
  return text;
}

std::string dump_polls(const stored_room& room) {
  std::string tallies;
  std::string votes;
  for (const auto& [poll, by_session] : room.votes) {
    std::map<std::string, int> counts;
    for (const auto& [session, answer] : by_session) {
      ++counts[answer];
      votes += "room_votes " + poll + " " + session + " = " + answer + "\n";
    }
    for (const auto& [answer, count] : counts) {
      tallies += "room_tallies " + poll + " " + answer + " = " + std::to_string(count) + "\n";
    }
  }
  return tallies + votes;
}

/// As docs/security.md says that a room's size is counted.
std::size_t bytes_in(const stored_room& room) {
  constexpr std::size_t counter_value_bytes = 36;
  auto bytes = room.config.size();
  for (const auto& [id, session] : room.sessions) {
    bytes += id.size() + login_json(session.login, false).size();
    if (session.channels) bytes += channels_json(*session.channels).size();
  }
  for (const auto& [poll, by_session] : room.votes) {
    std::set<std::string> answers;
    for (const auto& [session, answer] : by_session) {
      bytes += poll.size() + session.size() + answer.size();
      if (answers.insert(answer).second) bytes += poll.size() + answer.size();
    }
  }
  for (const auto& [name, _] : room.hundredths) bytes += name.size() + counter_value_bytes;
  return bytes;
}

std::string dump(const stored_room& room) {
  if (room.increment == 0) return {};
  std::string text = "room_states = " + room.config + " " + std::to_string(room.increment) + " " +
                     std::to_string(bytes_in(room)) + " " + std::to_string(room.sessions.size()) +
                     "\n";
  for (const auto& [id, session] : room.sessions) {
    text += "room_sessions " + id + " = " + std::to_string(session.suffix) + " " +
            login_json(session.login, false) + " " +
            (session.channels ? channels_json(*session.channels) : "-") + " " +
            std::to_string(session.last_seen_ms) + " " + (session.kept ? "1" : "0") + "\n";
  }
  text += dump_polls(room);
  for (const auto& [name, value] : room.hundredths) {
    text += "room_counters " + name + " = " + decimal_text(value) + "\n";
  }
  return text;
}

std::size_t good_keys(const simulated_disk& disk, const std::string& name, std::int64_t now_ms) {
  const auto number = disk.number_of(name);
  if (!number) return 0;
  std::size_t count = 0;
  for (const auto& [key, columns] : disk.rows_of("room_used_keys", *number)) {
    if (storage::as_integer(columns[1]) >= now_ms) ++count;
  }
  return count;
}

}  // namespace

void room_model::check_stored(const simulated_disk& disk, std::int64_t now_ms) {
  const auto stored = dump(disk, name_);
  const auto wanted = dump(committed_);
  if (stored != wanted) complain("the disk holds\n" + stored + "and should hold\n" + wanted);
  std::size_t keys = 0;
  for (const auto& [ts, used] : committed_.used_keys) keys += used.expires_ms >= now_ms ? 1 : 0;
  if (good_keys(disk, name_, now_ms) != keys) complain("the disk holds the wrong used keys");
}

}  // namespace innkeeper::simulation
