#include "tests/simulation/run_report.hpp"

namespace innkeeper::simulation {

void tally::add(const tally& other) {
  seeds += other.seeds;
  turns += other.turns;
  objects += other.objects;
  frames += other.frames;
  crashes += other.crashes;
  drains += other.drains;
  commits += other.commits;
  sleeps += other.sleeps;
  wakes += other.wakes;
  alarms += other.alarms;
  commits_refused += other.commits_refused;
  commits_rejected += other.commits_rejected;
  read_faults += other.read_faults;
  late_reads += other.late_reads;
  objects_broken += other.objects_broken;
  turns_undone += other.turns_undone;
}

std::string tally::text() const {
  std::string line;
  const auto say = [&](std::uint64_t number, const char* of_what) {
    line += (line.empty() ? "" : ", ") + std::to_string(number) + " " + of_what;
  };
  say(seeds, "seeds");
  say(turns, "turns");
  say(objects, "objects");
  say(frames, "frames");
  say(crashes, "crashes");
  say(drains, "orderly ends");
  say(commits, "batches committed");
  say(sleeps, "times asleep");
  say(wakes, "times awake");
  say(alarms, "alarms");
  say(commits_refused, "batches without room");
  say(commits_rejected, "batches rejected");
  say(read_faults, "failed reads");
  say(late_reads, "late reads");
  say(objects_broken, "objects broken");
  say(turns_undone, "turns undone");
  return line;
}

std::string run_report::trace() const {
  std::string text;
  for (const auto& line : trace_) text += line + "\n";
  return text;
}

}  // namespace innkeeper::simulation
