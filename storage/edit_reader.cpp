#include "storage/edit_reader.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstddef>
#include <utility>

#include "storage/row_statements.hpp"

namespace innkeeper::storage {
namespace {

constexpr std::size_t edits_of_object_max = 1000;

std::int64_t one_number(statement& asked) {
  const bool found = asked.step();
  const auto number = found ? asked.integer_at(0) : 0;
  asked.reset();
  return number;
}

void shorten_last_object(hand_edits& all, std::size_t begin) {
  if (all.size() - begin <= edits_of_object_max) return;
  const auto object = all[begin].object;
  all.resize(begin);
  all.push_back({object, "object", ""});
}

}  // namespace

bool edit_reader::has_news() {
  const auto version = one_number(statements_.prepared("PRAGMA data_version"));
  if (version == seen_version_) return false;
  if (one_number(statements_.prepared("SELECT EXISTS (SELECT 1 FROM hand_edits)")) != 0)
    return true;
  seen_version_ = version;
  return false;
}

hand_edits edit_reader::take() {
  const auto version = one_number(statements_.prepared("PRAGMA data_version"));
  hand_edits all;
  std::size_t begin = 0;
  auto& listed =
      statements_.prepared("SELECT object, what, name FROM hand_edits ORDER BY object, what, name");
  while (listed.step()) {
    const auto object = listed.integer_at(0);
    if (!all.empty() && all.back().object != object) {
      shorten_last_object(all, begin);
      begin = all.size();
    }
    all.push_back({object, std::string(listed.text_at(1)), std::string(listed.text_at(2))});
  }
  listed.reset();
  if (!all.empty()) {
    recount(all);
    statements_.prepared("DELETE FROM hand_edits").run();
    shorten_last_object(all, begin);
  }
  seen_version_ = version;
  return all;
}

/// Triggers keep most of this right, and may be passed by (INSERT OR REPLACE fires none that
/// delete): the server counts for itself.
void edit_reader::recount(const hand_edits& all) {
  for (const auto& each : all) {
    if (each.what != "poll") continue;
    statements_.prepared("DELETE FROM room_tallies WHERE object = ? AND poll = ?")
        .bind(each.object)
        .bind(each.name)
        .run();
    statements_
        .prepared(
            "INSERT INTO room_tallies (object, poll, answer, votes)"
            " SELECT object, poll, answer, count(*) FROM room_votes"
            " WHERE object = ? AND poll = ? GROUP BY answer")
        .bind(each.object)
        .bind(each.name)
        .run();
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0 && all[i].object == all[i - 1].object) continue;
    // As migration 3 counts.
    auto& count = statements_.prepared(
        "UPDATE room_states SET"
        " sessions = (SELECT count(*) FROM room_sessions s WHERE s.object = room_states.object),"
        " bytes = length(CAST(config AS BLOB))"
        " + (SELECT coalesce(sum(length(CAST(session AS BLOB)) + length(CAST(properties AS BLOB))"
        " + length(CAST(coalesce(subscriptions, '') AS BLOB))), 0)"
        " FROM room_sessions s WHERE s.object = room_states.object)"
        " + (SELECT coalesce(sum(length(CAST(poll AS BLOB)) + length(CAST(answer AS BLOB))), 0)"
        " FROM room_tallies t WHERE t.object = room_states.object)"
        " + (SELECT coalesce(sum(length(CAST(poll AS BLOB)) + length(CAST(session AS BLOB))"
        " + length(CAST(answer AS BLOB))), 0)"
        " FROM room_votes v WHERE v.object = room_states.object)"
        " + (SELECT coalesce(sum(length(CAST(counter AS BLOB)) + 36), 0)"
        " FROM room_counters c WHERE c.object = room_states.object)"
        " WHERE object = ?");
    count.bind(all[i].object).run();
  }
}

}  // namespace innkeeper::storage
