#include "tests/full_disk/crowd.hpp"

#include <algorithm>
#include <chrono>

#include "tests/support/event_pump.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t rooms = 6;
constexpr std::size_t people = 30;
/// Of each: enough to have met the full disk, or the room after it, more than by chance.
constexpr int often = 5;
constexpr auto patience = 60s;

std::string own_counter(const std::string& session) {
  return "of " + session;
}

std::string counter_text(const std::string& session, long value) {
  return R"({"type":"counter","data":{"id":")" + own_counter(session) + R"(","value":)" +
         std::to_string(value) + "}}";
}

}  // namespace

crowd::crowd(std::uint64_t seed) : seed_(seed) {
  for (std::size_t i = 0; i < people; ++i) {
    member who;
    who.room = "hall" + std::to_string((i + seed) % rooms);
    who.session = "s" + std::to_string(i);
    members_.push_back(std::move(who));
  }
}

void crowd::enter(const server_process& server) {
  io_ = std::make_unique<boost::asio::io_context>();
  for (auto& who : members_) {
    who.client = std::make_unique<guest>(*io_, who.room, who.session);
    who.client->enter(server);
    who.client->say(R"({"type":"subscribe","data":"counter:)" + own_counter(who.session) + R"("})");
    if (who.told != 0 && who.client->hear() != counter_text(who.session, who.told)) {
      complain(who, "finds another value than before");
    }
    who.asked.reset();
  }
}

void crowd::leave() {
  for (auto& who : members_) {
    while (take_answer(who)) {
    }
    who.client.reset();
  }
  io_.reset();
}

void crowd::count_until_refused() {
  for (auto& who : members_) who.refused_lately = 0;
  count_until([](const member& who) { return who.refused_lately >= often; });
}

void crowd::count_until_told() {
  for (auto& who : members_) who.told_lately = 0;
  count_until([](const member& who) { return who.told_lately >= often; });
}

void crowd::count_until(const std::function<bool(const member&)>& done) {
  const auto all_done = [&] {
    for (auto& who : members_) {
      while (take_answer(who)) {
      }
      if (!who.asked && !done(who)) ask(who);
    }
    return !complaints_.empty() || std::ranges::all_of(members_, done);
  };
  if (!pump_until(*io_, after(patience), all_done)) {
    complain(members_.front(), "or another has waited for too long");
  }
}

/// By ever different steps, so that a doubled or lost change shows.
void crowd::ask(member& who) {
  const long step = 1 + (who.told + static_cast<long>(seed_)) % 7;
  who.asked = who.told + step;
  who.client->say(counter_text(who.session, step));
}

bool crowd::take_answer(member& who) {
  auto& events = who.client->client().events();
  if (events.empty()) return false;
  const auto event = std::move(events.front());
  events.pop_front();
  if (event.what == client_event::kind::text) answered(who, event.payload);
  return true;
}

void crowd::answered(member& who, const std::string& frame) {
  if (!who.asked) return complain(who, "hears unasked: " + frame);
  if (frame == counter_text(who.session, *who.asked)) {
    who.told = *who.asked;
    ++who.told_lately;
    ++told_;
  } else if (frame.find(R"("code":"storage_full")") != std::string::npos) {
    ++who.refused_lately;
    ++refused_;
  } else {
    complain(who, "hears: " + frame);
  }
  who.asked.reset();
}

void crowd::compare(const server_process& server) {
  boost::asio::io_context io;
  for (auto& who : members_) {
    guest auditor(io, who.room, "auditor-of-" + who.session);
    auditor.enter(server);
    const auto found =
        auditor.ask(R"({"type":"subscribe","data":"counter:)" + own_counter(who.session) + R"("})");
    if (who.asked && found == counter_text(who.session, *who.asked)) {
      who.told = *who.asked;  // it was stored, and the server ended before it could say so
    } else if (found != counter_text(who.session, who.told)) {
      complain(who, "was told " + std::to_string(who.told) + ", found " + found);
    }
    who.asked.reset();
  }
}

void crowd::complain(const member& who, const std::string& what) {
  complaints_ += who.session + " in " + who.room + " " + what + "\n";
}

}  // namespace innkeeper::testing
