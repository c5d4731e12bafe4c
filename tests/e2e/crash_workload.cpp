#include "tests/e2e/crash_workload.hpp"

#include <array>
#include <utility>

#include <sqlite3.h>

#include "tests/support/event_pump.hpp"
#include "tests/support/http_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

/// Of a session's own counter and poll.
std::string own_name(const std::string& session) {
  return "of " + session;
}

std::string session_in(const std::string& own_name) {
  return own_name.substr(own_name.find(' ') + 1);
}

/// The counter of all goes up by this, in hundredths.
constexpr long one = 100;

/// "2.61" -> 261; the counters of this test have two digits behind the point at most.
long hundredths(const exact_json& number) {
  std::string text = number_text(number);
  const auto point = text.find('.');
  std::string fraction = point == std::string::npos ? "" : text.substr(point + 1);
  fraction.resize(2, '0');
  return std::stol(text.substr(0, point)) * 100 + std::stol(fraction);
}

exact_json from_hundredths(long value) {
  const auto cents = std::to_string(100 + value % 100).substr(1);
  return exact_number(std::to_string(value / 100) + "." + cents);
}

/// "v17" is the only answer of a session's own poll.
int answer_in(const exact_json& stats) {
  return std::stoi(stats.begin().key().substr(1));
}

long config_number(const exact_json& text) {
  const auto digits = text.get<std::string>();
  return digits.empty() ? 0 : std::stol(digits);
}

int number_in(const exact_json& properties) {
  return properties.contains("n") ? std::stoi(number_text(properties["n"])) : 0;
}

int news_in(const exact_json& properties) {
  if (!properties.contains("subscriptions")) return 0;
  const auto& channels = properties["subscriptions"];
  if (!channels.contains("news")) return 0;
  return std::stoi(channels["news"].begin().key());
}

/// The first column of all rows, or "error: ..." as the only one.
std::vector<std::string> rows_of(sqlite3* file, const std::string& sql) {
  std::vector<std::string> rows;
  char* error = nullptr;
  const auto keep = [](void* into, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(into)->emplace_back(values[0] == nullptr ? ""
                                                                                    : values[0]);
    return 0;
  };
  if (sqlite3_exec(file, sql.c_str(), keep, &rows, &error) != SQLITE_OK) {
    rows = {"error: " + std::string(error)};
    sqlite3_free(error);
  }
  return rows;
}

}  // namespace

crash_workload::crash_workload(std::string name, std::size_t sessions, std::uint64_t seed)
    : name_(std::move(name)), random_(seed) {
  for (std::size_t i = 0; i < sessions; ++i) {
    guests_.push_back({name_ + "-guest" + std::to_string(i), nullptr});
  }
}

// ---- coming in and finding out

bool crash_workload::enter(boost::asio::io_context& io, const server_process& server) {
  guests_.back().session = name_ + "-newcomer" + std::to_string(++newcomers_);
  for (auto& who : guests_) {
    who.client = std::make_unique<websocket_client>(io);
    who.has_knocked = false;
  }
  for (auto& who : guests_) {
    if (!enter_one(who, server)) return false;
  }
  if (!book_.used_key_message.empty()) check_used_key(guests_.back());
  if (!authenticate(guests_.front())) return false;
  const auto details = fetch(server.port(), {.target = "/details?room=" + name_});
  if (details.status != 200) return false;
  const auto connects = std::stol(number_text(parse_exact(details.body).value()["increment"]));
  settle_shared(book_.connects, connects, "connects");
  return true;
}

bool crash_workload::enter_one(guest& who, const server_process& server) {
  ++book_.connects.said;
  who.has_knocked = true;
  const auto target = "/websocket?room=" + name_ + "&session=" + who.session;
  if (!who.client->connect(server.port(), target).accepted()) return false;
  ++book_.connects.told;
  const auto config = await(who, "config");
  if (!config) return false;
  settle_shared(book_.config, config_number((*config)["data"]), "config");
  const auto profile = await(who, "profile");
  return profile && find_out(who, (*profile)["data"]);
}

/// What the room knows of this session now, held against the ledger.
bool crash_workload::find_out(guest& who, const exact_json& profile) {
  note_suffix(who, std::stol(number_text(profile["suffix"])));
  own_state found;
  found.logged_in = number_in(profile["properties"]);
  found.listens_to = news_in(profile["properties"]);
  found.lunch = lunch_in_file_[who.session];
  if (!hear_present_values(who, found)) return false;
  auto& mine = book_.sessions[who.session];
  if (const auto verdict = mine.verdict_on(found); !verdict.empty()) {
    complain(who.session + ": " + verdict);
  }
  mine.settle(found);
  return true;
}

/// Subscribes; what comes until the profile are the counters and polls as they are.
bool crash_workload::hear_present_values(guest& who, own_state& found) {
  for (const auto* channel : {"counter", "poll", "chat"}) say(who, "subscribe", channel);
  say(who, "profile", nullptr);
  long counted_by_all = 0;
  for (;;) {
    const auto event = who.client->next_event(patience);
    if (!event || event->what != client_event::kind::text) return false;
    const auto frame = parse_exact(event->payload).value();
    const auto& data = frame["data"];
    if (frame["type"] == "profile") break;
    if (frame["type"] == "counter" && data["id"] == "all") {
      counted_by_all = hundredths(data["value"]) / one;
    } else if (frame["type"] == "counter" && data["id"] == own_name(who.session)) {
      found.counted = hundredths(data["value"]);
    } else if (frame["type"] == "poll" && data["id"] == own_name(who.session)) {
      if (data["stats"].size() != 1) complain(who.session + " has more than one vote");
      found.voted = answer_in(data["stats"]);
    }
    note(who, *event);
  }
  settle_shared(book_.counter, counted_by_all, "counter");
  return true;
}

void crash_workload::note_suffix(const guest& who, long suffix) {
  auto& mine = book_.sessions[who.session];
  if (mine.suffix != 0 && mine.suffix != suffix) {
    complain(who.session + " was told suffix " + std::to_string(mine.suffix) + " and has " +
             std::to_string(suffix));
  }
  mine.suffix = suffix;
  const auto [owner, is_new] = book_.owner_of_suffix.emplace(suffix, who.session);
  if (owner->second != who.session) {
    complain("suffix " + std::to_string(suffix) + " was given twice");
  }
}

bool crash_workload::authenticate(guest& admin) {
  const auto message = logins_.message(exact_json::object(), name_);
  admin.client->send_text(write_exact(message));
  ++messages_;
  const auto profile = await(admin, "profile");
  if (!profile) return false;
  if ((*profile)["data"]["role"] != "admin") complain("the admin was not let in");
  book_.used_key_message = write_exact(message);
  return true;
}

void crash_workload::check_used_key(guest& stranger) {
  stranger.client->send_text(book_.used_key_message);
  const auto answer = await(stranger, "error");
  if (answer && (*answer)["code"] != "key_used") {
    complain("a used key was answered with " + write_exact(*answer));
  }
}

std::optional<exact_json> crash_workload::await(guest& who, const std::string& type) {
  while (const auto event = who.client->next_event(patience)) {
    if (event->what != client_event::kind::text) return std::nullopt;
    const auto frame = parse_exact(event->payload).value();
    if (frame["type"] == type) return frame;
    note(who, *event);
  }
  complain("no " + type + " came");
  return std::nullopt;
}

// ---- talking

void crash_workload::say(guest& who, const std::string& type, const exact_json& data) {
  who.client->send_text(write_exact({{"type", type}, {"data", data}}));
  ++messages_;
}

void crash_workload::say_something() {
  auto& who = guests_[any(guests_.size())];
  if (!who.client->is_open()) return;
  if (any(4) == 0) {
    make_noise(who);
  } else {
    store_something(who);
  }
}

void crash_workload::store_something(guest& who) {
  auto& next = book_.sessions[who.session].intend();
  const auto number = ++last_number_;
  switch (any(6)) {
    case 0:
    case 1: {
      const auto change = static_cast<long>(1 + any(300));
      next.counted += change;
      return say(who, "counter",
                 {{"id", own_name(who.session)}, {"value", from_hundredths(change)}});
    }
    case 2:
      next.voted = number;
      return say(who, "poll",
                 {{"id", own_name(who.session)}, {"answer", "v" + std::to_string(number)}});
    case 3: {
      next.logged_in = number;
      const std::string baggage(any(20'000), 'b');
      return say(who, "login", {{"n", number}, {"_baggage", baggage}});
    }
    case 4: {
      const auto before = std::exchange(next.listens_to, next.listens_to == 0 ? number : 0);
      const auto news = "news:" + std::to_string(before == 0 ? number : before);
      return say(who, before == 0 ? "subscribe" : "unsubscribe", news);
    }
    default: {
      static const std::array<const char*, 3> dishes{"soup", "cake", "fish"};
      const std::string dish = dishes.at(any(dishes.size()));
      next.lunch = dish == next.lunch ? "tea" : dish;
      return say(who, "poll", {{"id", "lunch"}, {"answer", next.lunch}});
    }
  }
}

/// What many push together, and what is not stored at all.
void crash_workload::make_noise(guest& who) {
  auto& admin = guests_.front();
  switch (any(9)) {
    case 0:
      ++book_.counter.said;
      return say(who, "counter", {{"id", "all"}, {"value", 1}});
    case 1:
      ++book_.config.said;
      return say(admin, "config", std::to_string(book_.config.said));
    case 2:
      return say(who, "chat", {{"hello", "there"}});
    case 3:
      return say(who, "ephemeralPoll", {{"id", "mood"}, {"answer", any(3)}});
    case 4:
      return say(admin, "broadcast", {{"type", "b"}, {"data", 1}, {"to", "chat"}});
    case 5:
      return say(admin, any(2) == 0 ? "relay" : "deleteRelay", "poll");
    case 6:
      return say(who, "made up", nullptr);
    case 7:
      return say(who, "counter", {{"id", "all"}, {"value", "no number"}});
    default:
      return say(who, "profile", nullptr);
  }
}

// ---- listening

std::size_t crash_workload::listen() {
  const auto before = told_;
  for (auto& who : guests_) {
    if (!who.has_knocked) continue;
    auto& events = who.client->events();
    for (; !events.empty(); events.pop_front()) note(who, events.front());
  }
  return told_ - before;
}

void crash_workload::listen_to_the_end(boost::asio::io_context& io) {
  for (auto& who : guests_) {
    const auto ended = [&] { return !who.client->is_open(); };
    static_cast<void>(pump_until(io, after(patience), ended));
  }
  static_cast<void>(listen());
}

void crash_workload::note(const guest& from, const client_event& event) {
  if (event.what != client_event::kind::text) return;
  const auto frame = parse_exact(event.payload).value();
  const auto& type = frame["type"];
  if (type == "counter") return note_counter(frame["data"]);
  if (type == "poll") return note_poll(frame["data"]);
  if (type == "profile") return note_profile(from, frame["data"]);
  if (type == "config") return note_config(frame["data"]);
}

void crash_workload::note_counter(const exact_json& data) {
  const auto id = data["id"].get<std::string>();
  const auto value = hundredths(data["value"]);
  if (id == "all") return note_shared(book_.counter, value / one, "counter");
  ++told_;
  auto& whose = book_.sessions[session_in(id)];
  if (whose.note_told([=](const own_state& state) { return state.counted == value; })) return;
  complain("the counter " + id + " never was " + std::to_string(value));
}

void crash_workload::note_poll(const exact_json& data) {
  const auto id = data["id"].get<std::string>();
  if (id == "lunch") return;
  ++told_;
  const auto answer = answer_in(data["stats"]);
  auto& whose = book_.sessions[session_in(id)];
  if (whose.note_told([=](const own_state& state) { return state.voted == answer; })) return;
  complain("nobody voted " + std::to_string(answer) + " in the poll " + id);
}

void crash_workload::note_profile(const guest& from, const exact_json& data) {
  ++told_;
  const auto number = number_in(data["properties"]);
  auto& mine = book_.sessions[from.session];
  if (mine.note_told([=](const own_state& state) { return state.logged_in == number; })) return;
  complain(from.session + " never logged in as " + std::to_string(number));
}

void crash_workload::note_config(const exact_json& data) {
  note_shared(book_.config, config_number(data), "config");
}

void crash_workload::note_shared(shared_value& value, long told, const std::string& what) {
  ++told_;
  if (told > value.said) complain("the " + what + " is ahead: " + std::to_string(told));
  value.told = std::max(value.told, told);
}

/// After a crash: what was told is still there, and nothing that nobody said.
void crash_workload::settle_shared(shared_value& value, long found, const std::string& what) {
  if (!value.may_be(found)) {
    complain("the " + what + " is " + std::to_string(found) + ", told " +
             std::to_string(value.told) + ", said " + std::to_string(value.said));
  }
  value.settle(found);
}

void crash_workload::leave() {
  for (auto& who : guests_) who.client.reset();
}

void crash_workload::complain(const std::string& sentence) {
  complaints_ += name_ + ": " + sentence + "\n";
}

// ---- the file

void crash_workload::inspect(const std::filesystem::path& copy) {
  sqlite3* file = nullptr;
  if (sqlite3_open_v2(copy.c_str(), &file, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
    complain("the file cannot be opened");
  }
  const auto room = " WHERE room = '" + name_ + "'";
  const auto tallies =
      rows_of(file, "SELECT poll || '|' || answer || '|' || votes FROM poll_results" + room +
                        " ORDER BY 1");
  const auto counted = rows_of(file, "SELECT poll || '|' || answer || '|' || count(*) FROM votes" +
                                         room + " GROUP BY poll, answer ORDER BY 1");
  if (tallies != counted) complain("tallies and votes differ");
  const auto twice =
      rows_of(file, "SELECT suffix FROM sessions" + room + " GROUP BY suffix HAVING count(*) > 1");
  if (!twice.empty()) complain("suffix " + twice.front() + " is there twice");
  lunch_in_file_.clear();
  for (const auto& row :
       rows_of(file, "SELECT session || '|' || answer FROM votes" + room + " AND poll = 'lunch'")) {
    const auto bar = row.find('|');
    lunch_in_file_[row.substr(0, bar)] = row.substr(bar + 1);
  }
  sqlite3_close(file);
}

}  // namespace innkeeper::testing
