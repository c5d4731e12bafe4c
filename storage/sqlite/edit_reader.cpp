#include "storage/sqlite/edit_reader.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/sqlite/row_statements.hpp"

namespace innkeeper::storage {
namespace {

/// If one object has more edits, it is read anew. The limit is here because storage knows no
/// protocol limits, and the edits come from the operator's shell.
constexpr std::int64_t edits_of_object_max = 1000;

std::int64_t one_number(statement& asked) {
  const bool found = asked.step();
  const auto number = found ? asked.integer_at(0) : 0;
  asked.reset();
  return number;
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
  recount();
  auto all = objects_with_many();
  auto& listed =
      statements_.prepared("SELECT object, what, name FROM hand_edits ORDER BY object, what, name");
  while (listed.step()) {
    all.push_back(
        {listed.integer_at(0), std::string(listed.text_at(1)), std::string(listed.text_at(2))});
  }
  listed.reset();
  if (!all.empty()) statements_.prepared("DELETE FROM hand_edits").run();
  seen_version_ = version;
  return all;
}

/// Also erases the edits of these objects.
hand_edits edit_reader::objects_with_many() {
  hand_edits all;
  auto& many =
      statements_.prepared("SELECT object FROM hand_edits GROUP BY object HAVING count(*) > ?");
  many.bind(edits_of_object_max);
  while (many.step()) all.push_back({many.integer_at(0), "object", ""});
  many.reset();
  for (const auto& each : all) {
    statements_.prepared("DELETE FROM hand_edits WHERE object = ?").bind(each.object).run();
  }
  return all;
}

/// Triggers keep most of this right but can be bypassed (INSERT OR REPLACE fires no delete
/// triggers). So the server recounts. Sizes are counted as in migration 3.
void edit_reader::recount() {
  for (const auto* sql :
       {"DELETE FROM room_tallies WHERE (object, poll) IN"
        " (SELECT object, name FROM hand_edits WHERE what = 'poll')",
        "INSERT INTO room_tallies (object, poll, answer, votes)"
        " SELECT v.object, v.poll, v.answer, count(*) FROM hand_edits e"
        " JOIN room_votes v ON v.object = e.object AND v.poll = e.name"
        " WHERE e.what = 'poll' GROUP BY v.object, v.poll, v.answer",
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
        " WHERE object IN (SELECT object FROM hand_edits)"}) {
    statements_.prepared(sql).run();
  }
}

}  // namespace innkeeper::storage
