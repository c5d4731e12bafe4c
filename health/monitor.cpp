#include "health/monitor.hpp"

#include <utility>

namespace innkeeper::health {
namespace {

/// A quiet trouble ends after this time, and a continuing one is summed up as often.
constexpr std::chrono::seconds quiet_after{60};
/// Longer details are cut, because they may quote a client. The limit is here because health uses
/// no other folder.
constexpr std::size_t detail_bytes_max = 300;

std::string seconds_text(std::chrono::steady_clock::duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

std::string times_text(std::uint64_t count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

/// Keeps a detail on one line, whatever it quotes.
std::string cleaned(std::string_view detail) {
  std::string text(detail.substr(0, detail_bytes_max));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = '?';
  }
  return text;
}

severity severity_of(const reason_facts& facts) {
  return facts.is_error ? severity::error : severity::warning;
}

}  // namespace

monitor::monitor(log_sink log, std::function<time_point()> now)
    : log_(std::move(log)), now_(std::move(now)) {}

void monitor::report(reason what, std::string_view detail) {
  const auto& facts = facts_of(what);
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    auto& its = of(what);
    const bool begins = !is_on_at(facts, now);
    ++its.count;
    its.last = now;
    if (!begins) {
      if (its.count - its.count_when_logged < 2) its.detail = cleaned(detail);
      return;
    }
    its.detail = cleaned(detail);
    its.is_on = true;
    its.began = now;
    its.count_at_begin = its.count - 1;
    look_at_storage();
    // A trouble that soon begins again is summed up like a continuing one.
    its.is_unlogged =
        facts.ends == ending::told && its.ended != time_point() && now - its.ended < quiet_after;
    if (its.is_unlogged) return;
    its.logged = now;
    its.count_when_logged = its.count;
    text = std::string(facts.name) + ": " + its.detail + ". " + std::string(facts.advice);
  }
  log_(severity_of(facts), text);
}

void monitor::end(reason what) {
  line last;
  {
    const std::lock_guard lock(mutex_);
    auto& its = of(what);
    if (!its.is_on) return;
    last = end_of(facts_of(what), its, now_());
    if (its.is_unlogged) return;
  }
  log_(last.how, last.text);
}

bool monitor::is_on(reason what) const {
  const std::lock_guard lock(mutex_);
  return is_on_at(facts_of(what), now_());
}

void monitor::count_error(std::string_view code) {
  const std::lock_guard lock(mutex_);
  const auto found = errors_.find(code);
  if (found != errors_.end()) {
    ++found->second;
  } else {
    errors_.emplace(code, 1);
  }
}

void monitor::count_closed(std::uint16_t code) {
  const std::lock_guard lock(mutex_);
  ++closes_[code];
}

std::map<std::string, std::uint64_t, std::less<>> monitor::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

std::map<std::uint16_t, std::uint64_t> monitor::closes() const {
  const std::lock_guard lock(mutex_);
  return closes_;
}

void monitor::tick() {
  std::vector<line> lines;
  {
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    for (const auto& facts : all_reasons()) {
      auto& its = of(facts.what);
      if (!its.is_on) continue;
      if (!is_on_at(facts, now)) {
        lines.push_back(end_of(facts, its, now));
      } else if (its.count > its.count_when_logged && now - its.logged >= quiet_after) {
        lines.push_back({severity_of(facts), std::string(facts.name) + " goes on: " +
                                                 times_text(its.count - its.count_when_logged) +
                                                 " in the last " + seconds_text(now - its.logged) +
                                                 ", the first: " + its.detail});
        its.logged = now;
        its.count_when_logged = its.count;
        its.is_unlogged = false;
      }
    }
  }
  for (const auto& each : lines) log_(each.how, each.text);
}

std::vector<trouble> monitor::troubles() const {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  std::vector<trouble> all;
  for (const auto& facts : all_reasons()) {
    const auto& its = of(facts.what);
    all.push_back({facts.what, is_on_at(facts, now), its.count, its.detail});
  }
  return all;
}

bool monitor::is_ready() const {
  for (const auto& each : troubles()) {
    if (each.is_on && facts_of(each.what).blocks_readiness) return false;
  }
  return true;
}

std::string monitor::readiness_text() const {
  std::string text;
  for (const auto& each : troubles()) {
    const auto& facts = facts_of(each.what);
    if (!each.is_on || !facts.blocks_readiness) continue;
    text.append(facts.name).append("\n");
  }
  return text.empty() ? "ok\n" : text;
}

bool monitor::is_on_at(const reason_facts& facts, time_point now) const {
  const auto& its = of(facts.what);
  return its.is_on && (facts.ends != ending::quiet || now - its.last < quiet_after);
}

monitor::line monitor::end_of(const reason_facts& facts, state& its, time_point now) {
  its.is_on = false;
  its.ended = now;
  look_at_storage();
  return {severity::info, std::string(facts.name) + " is over after " +
                              seconds_text(now - its.began) + "; it happened " +
                              times_text(its.count - its.count_at_begin)};
}

void monitor::look_at_storage() {
  int count = 0;
  for (const auto& facts : all_reasons()) {
    if (facts.counted_as == family::storage && of(facts.what).is_on) ++count;
  }
  storage_troubles_ = count;
}

}  // namespace innkeeper::health
