#include "tests/simulation/room_model.hpp"

#include <algorithm>

#include "tests/simulation/room_texts.hpp"
#include "tests/simulation/run_facts.hpp"

// The turns: what the protocol says that each message does.

namespace innkeeper::simulation {
namespace {

using expected = expectation::kind;

const std::string every = "all";

bool only_admins_may(verb what) {
  return what == verb::config || what == verb::broadcast || what == verb::relay ||
         what == verb::delete_relay;
}

}  // namespace

room_model::turn& room_model::begin() {
  ++judge_.count.turns;
  if (!std::exchange(lives_, true)) ++judge_.count.objects;
  return line_.emplace_back();
}

void room_model::tell(room::connection_id to, std::string text, std::uint64_t group) {
  output made;
  made.to = to;
  made.due = {expected::frame, std::move(text), 0, group};
  out(std::move(made));
}

void room_model::refuse(room::connection_id to, std::string code) {
  output made;
  made.to = to;
  made.due = {expected::error, std::move(code), 0, 0};
  out(std::move(made));
}

void room_model::publish(std::string event, std::optional<std::string> id, std::string text) {
  output made;
  made.what = output::kind::publish;
  made.where = {std::move(event), std::move(id)};
  made.due.text = std::move(text);
  out(std::move(made));
}

void room_model::tell_channels(output::kind what, const guest& of) {
  output told;
  told.what = what;
  told.to = of.id;
  told.session = of.session;
  told.channels = now_.sessions[of.session].channels.value_or(channel_map());
  out(std::move(told));
}

// ---- coming and going

void room_model::join(room::connection_id id, std::int64_t now_ms) {
  judge_.note([&] { return name_ + ": join " + std::to_string(id); });
  auto& current = begin();
  const auto found = guests.find(id);
  if (found == guests.end() || found->second->joined) return complain("somebody joined twice");
  auto& who = *found->second;
  who.joined = true;
  memory_.joined[id] = who.session;
  ++now_.increment;
  const bool is_new = !now_.sessions.contains(who.session);
  auto& session = now_.sessions[who.session];
  if (is_new) session.suffix = now_.increment;
  session.last_seen_ms = now_ms;
  changed();
  tell_channels(output::kind::admit, who);
  tell(id, frame_of("config", in_quotes(now_.config)));
  tell(id, profile({who, false}));
  output refused;
  refused.what = output::kind::refuse;
  refused.to = id;
  current.if_storage_full.push_back(refused);
}

void room_model::leave(room::connection_id id, bool asleep) {
  judge_.note([&] { return name_ + ": leave " + std::to_string(id); });
  begin().only_memory = true;
  const auto found = guests.find(id);
  if (found == guests.end()) return complain("somebody left who was not there");
  auto& who = *found->second;
  if (who.forgotten) complain("connection " + std::to_string(id) + " left twice");
  if (who.hears() && !who.gone && !who.may_be_sent_away) {
    complain("connection " + std::to_string(id) + " was said to have left, and had not");
  }
  who.forgotten = true;
  memory_.joined.erase(id);
  std::erase_if(memory_.relays, [&](const auto& each) { return each.second == id; });
  const bool others = std::ranges::any_of(
      memory_.joined, [&](const auto& each) { return each.second == who.session; });
  if (!others) {
    for (auto& [poll, votes] : memory_.votes) {
      if (votes.erase(who.session) == 0) continue;
      publish("ephemeralPoll", poll, poll_frame(true, in_quotes(poll), votes));
    }
  }
  if (asleep) forget_memory_if_empty();
}

void room_model::still_here(const std::string& session, std::int64_t now_ms) {
  begin();
  const auto found = now_.sessions.find(session);
  if (found == now_.sessions.end()) return;
  found->second.last_seen_ms = now_ms;
  changed();
}

void room_model::alarm(std::int64_t now_ms) {
  judge_.note([&] { return name_ + ": alarm"; });
  ++judge_.count.alarms;
  begin();
  const auto has_socket = [&](const std::string& session) {
    return std::ranges::any_of(memory_.joined,
                               [&](const auto& each) { return each.second == session; });
  };
  const auto is_due = [&](const model_session& each) {
    return each.last_seen_ms + session_ttl_ms <= now_ms;
  };
  const auto forgotten = std::erase_if(now_.sessions, [&](const auto& each) {
    return is_due(each.second) && !has_socket(each.first);
  });
  bool has_spared = false;
  for (auto& [_, each] : now_.sessions) {
    if (!is_due(each)) continue;
    each.spared_ms = now_ms;
    has_spared = true;
  }
  if (forgotten > 0 || has_spared) changed();
}

void room_model::answer(const question_ptr& asked, std::int64_t now_ms) {
  auto& current = begin();
  output made;
  made.what = output::kind::answer;
  made.asked = asked;
  made.due.text = R"({"increment":)" + std::to_string(now_.increment) +
                  R"(,"incrementSinceRestart":)" +
                  std::to_string(now_.increment - memory_.increment_at_boot) + R"(,"pollCount":)" +
                  std::to_string(now_.votes.size()) + R"(,"config":)" + in_quotes(now_.config) +
                  R"(,"ephemeralPollCount":)" + std::to_string(memory_.votes.size()) +
                  R"(,"bootupTime":)" + std::to_string(memory_.booted_ms) + R"(,"uptime":)" +
                  std::to_string(now_ms - memory_.booted_ms) + "}";
  out(made);
  made.what = output::kind::no_answer;
  current.if_storage_full.push_back(std::move(made));
}

// ---- what clients say

/// Of those who are about to be sent away an object that broke has dropped what waited.
void room_model::skip_lost(guest& stranded, const told& heard) {
  const auto fits = [&](const saying& each) {
    if (each.what == verb::nonsense) return heard.what == told::kind::nonsense;
    return each.type == heard.type && each.data.value_or("") == heard.data;
  };
  const auto found = std::ranges::find_if(stranded.said, fits);
  if (found != stranded.said.end()) stranded.said.erase(stranded.said.begin(), found);
}

void room_model::say(const told& heard, std::int64_t now_ms) {
  const auto id = heard.connection;
  auto& current = begin();
  const auto found = guests.find(id);
  if (found == guests.end()) return complain("somebody spoke who was not there");
  auto& who = *found->second;
  const bool stranded = who.may_be_sent_away && who.gone;
  if (stranded) skip_lost(who, heard);
  if (who.said.empty()) {
    return complain("handled a message that connection " + std::to_string(id) + " never sent");
  }
  const auto what = std::move(who.said.front());
  who.said.pop_front();
  judge_.note([&] { return name_ + ": " + std::to_string(id) + " -> " + what.text; });
  // Of what was on its way when the room lost its footing only the gateway knows who said it.
  if (who.role_uncertain && heard.by_admin) who.admin = true;
  const speaker by{who, who.admin};
  if (what.what == verb::nonsense) {
    current.only_memory = true;
    return refuse(id, what.code);
  }
  output full;
  full.to = id;
  full.due = {expected::error, "storage_full", 0, 0};
  current.if_storage_full.push_back(full);
  if (only_admins_may(what.what) && !by.admin) {
    refuse(id, "forbidden");
  } else {
    obey(what, by, now_ms);
  }
  relay(what, by);
}

void room_model::obey(const saying& what, const speaker& by, std::int64_t now_ms) {
  switch (what.what) {
    case verb::chat: {
      const auto message = what.data ? R"("message":)" + *what.data + "," : "";
      const auto& session = now_.sessions[by.who.session];
      return publish(
          "chat", std::nullopt,
          frame_of("chat", "{" + message + R"("user":{"suffix":)" + std::to_string(session.suffix) +
                               R"(,"properties":)" + login_json(session.login, true) + "}}"));
    }
    case verb::subscribe:
      return subscribe(what, by);
    case verb::unsubscribe:
      return unsubscribe(what, by);
    case verb::profile:
      return tell(by.who.id, profile(by));
    case verb::login:
      now_.sessions[by.who.session].login = what.login;
      now_.sessions[by.who.session].kept = true;
      changed();
      return tell(by.who.id, profile(by));
    case verb::vote:
      return vote(what, by);
    case verb::vote_ephemerally:
      return vote_ephemerally(what, by);
    case verb::count:
      return count(what);
    case verb::authenticate:
      return authenticate(what, by, now_ms);
    case verb::config:
      return set_config(what);
    case verb::broadcast:
      return broadcast(what);
    case verb::relay:
      memory_.relays.emplace(*what.word, by.who.id);
      return;
    case verb::delete_relay:
      std::erase_if(memory_.relays, [&](const auto& each) {
        return each.second == by.who.id && (!what.word || each.first == *what.word);
      });
      return;
    case verb::close: {
      line_.back().only_memory = true;
      output close;
      close.what = output::kind::close;
      close.to = by.who.id;
      return out(std::move(close));
    }
    case verb::bad:
      return refuse(by.who.id, what.code);
    case verb::other:
    case verb::nonsense:
      return;
  }
}

void room_model::subscribe(const saying& what, const speaker& by) {
  auto& channels = now_.sessions[by.who.session].channels;
  if (!channels) channels.emplace();
  if ((*channels)[what.where->event].insert(what.where->id.value_or(every)).second) {
    changed();
    tell_channels(output::kind::channels, by.who);
  }
  tell_values(*what.where, by.who.id);
}

void room_model::unsubscribe(const saying& what, const speaker& by) {
  auto& channels = now_.sessions[by.who.session].channels;
  if (!channels) return;
  const auto event = channels->find(what.where->event);
  if (event == channels->end()) return;
  const auto& id = what.where->id;
  if (id && event->second.erase(*id) == 0) return;
  if (!id || event->second.empty()) channels->erase(event);
  changed();
  tell_channels(output::kind::channels, by.who);
}

void room_model::tell_values(const topic& of, room::connection_id to) {
  const auto group = ++last_group_;
  const bool ephemeral = of.event == "ephemeralPoll";
  if (ephemeral || of.event == "poll") {
    for (const auto& [poll, votes] : ephemeral ? memory_.votes : now_.votes) {
      if (of.id && *of.id != poll) continue;
      tell(to, poll_frame(ephemeral, in_quotes(poll), votes), group);
    }
  } else if (of.event == "counter") {
    for (const auto& [name, value] : now_.hundredths) {
      if (!of.id || *of.id == name) tell(to, counter_frame(in_quotes(name), value), group);
    }
  }
}

void room_model::vote(const saying& what, const speaker& by) {
  auto& votes = now_.votes[what.id];
  const auto [vote, is_new] = votes.try_emplace(by.who.session, what.answer);
  if (is_new) now_.sessions[by.who.session].kept = true;
  if (is_new || std::exchange(vote->second, what.answer) != what.answer) changed();
  publish("poll", what.id, poll_frame(false, what.id_json, votes));
}

void room_model::vote_ephemerally(const saying& what, const speaker& by) {
  line_.back().only_memory = true;
  auto& votes = memory_.votes[what.id];
  votes[by.who.session] = what.answer;
  publish("ephemeralPoll", what.id, poll_frame(true, what.id_json, votes));
}

void room_model::count(const saying& what) {
  const auto value = now_.hundredths[what.id] += what.hundredths;
  changed();
  publish("counter", what.id, counter_frame(what.id_json, value));
}

void room_model::authenticate(const saying& what, const speaker& by, std::int64_t now_ms) {
  const auto id = by.who.id;
  if (std::abs(now_ms - what.ts) > key_window_ms) return refuse(id, "wrong_timestamp");
  if (!what.key_is_good) return refuse(id, "wrong_key");
  const auto used = now_.used_keys.find(what.ts);
  if (used == now_.used_keys.end()) {
    now_.used_keys[what.ts] = {by.who.session, what.ts + key_window_ms};
    changed();
  } else if (used->second.session != by.who.session) {
    return refuse(id, "key_used");
  }
  by.who.admin = true;
  output role;
  role.what = output::kind::role;
  role.to = id;
  out(std::move(role));
  tell(id, profile({by.who, true}));
}

void room_model::set_config(const saying& what) {
  now_.config = *what.word;
  changed();
  output all;
  all.what = output::kind::to_all;
  all.due.text = frame_of("config", in_quotes(now_.config));
  out(std::move(all));
}

void room_model::broadcast(const saying& what) {
  auto text = frame_of(*what.word, what.payload);
  if (what.where) return publish(what.where->event, what.where->id, std::move(text));
  output all;
  all.what = output::kind::to_all;
  all.due.text = std::move(text);
  out(std::move(all));
}

void room_model::relay(const saying& what, const speaker& by) {
  if (what.what == verb::authenticate) return;
  output relayed;
  relayed.what = output::kind::to_admins;
  for (const auto& [type, admin] : memory_.relays) {
    if (type == what.type) relayed.admins.push_back(admin);
  }
  if (relayed.admins.empty()) return;
  const auto data = what.data ? R"("data":)" + *what.data + "," : "";
  relayed.due.text = frame_of("relay:" + what.type, R"({"type":)" + in_quotes(what.type) + "," +
                                                        data + R"("user":)" + user(by) + "}");
  out(std::move(relayed));
}

std::string room_model::user(const speaker& by) const {
  const auto found = now_.sessions.find(by.who.session);
  const auto session = found == now_.sessions.end() ? model_session() : found->second;
  return R"({"suffix":)" + std::to_string(session.suffix) + R"(,"properties":)" +
         login_json(session.login, false, session.channels) + R"(,"id":)" +
         in_quotes(by.who.session) + R"(,"connectionDetails":)" + by.who.details + R"(,"role":")" +
         (by.admin ? "admin" : "user") + "\"}";
}

std::string room_model::profile(const speaker& by) const {
  return frame_of("profile", user(by));
}

}  // namespace innkeeper::simulation
