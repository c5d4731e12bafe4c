#include "transport/room_connections.hpp"

#include <algorithm>
#include <utility>

namespace innkeeper::transport {
namespace {

/// So many are looked through as quickly as they are found in an index.
constexpr std::size_t without_index_max = 8;

}  // namespace

connection& room_connections::add(room::connection_id id, std::shared_ptr<client_connection> client,
                                  room::facts_ptr facts, std::int64_t now_ms) {
  auto& session = sessions_[facts->session];
  auto added = std::make_unique<connection>();
  added->id = id;
  added->client = std::move(client);
  added->facts = std::move(facts);
  added->last_communication_ms = now_ms;
  added->reported_ms = now_ms;
  added->session = &session;
  session.connections.push_back(added.get());
  if (congested()) added->client->pause_reading();
  return *connections_.emplace(id, std::move(added)).first->second;
}

void room_connections::be_known_by(const durable::address_ptr& address) {
  forget_mark();
  way_ = {address};
  address->at_sink.place = this;
}

void room_connections::forget_mark() {
  if (way_.to) way_.to->at_sink.place = nullptr;
}

void room_connections::admit(connection& who, const proto::subscriptions& channels) {
  // Later than the session's first socket, changes may be on their way through the gate: what is
  // known here fits the frames that leave now.
  const bool first = std::ranges::none_of(who.session->connections, &connection::admitted);
  if (first) who.session->channels = channels;
  who.admitted = true;
  ++admitted_count_;
  if (index_) {
    index_all_of(who);
  } else if (admitted_count_ > without_index_max) {
    make_index();
  }
}

bool room_connections::remove(room::connection_id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return false;
  auto& who = *found->second;
  if (who.admitted) {
    unindex_all_of(who);
    --admitted_count_;
  }
  std::erase(who.session->connections, &who);
  const bool last = who.session->connections.empty();
  if (last) sessions_.erase(who.facts->session);
  connections_.erase(found);
  return last;
}

connection* room_connections::find(room::connection_id id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

std::vector<room::connection_id> room_connections::ids() const {
  std::vector<room::connection_id> all;
  all.reserve(connections_.size());
  for (const auto& [id, who] : connections_) all.push_back(id);
  return all;
}

void room_connections::subscribe(const std::string& session, const proto::channel& what) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || !found->second.channels.add(what)) return;
  if (!index_) return;
  for (auto* who : found->second.connections) {
    if (who->admitted)
      index_->add(*who, what.event, what.id.value_or(std::string(proto::every_id)));
  }
}

void room_connections::unsubscribe(const std::string& session, const proto::channel& what) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  auto& channels = found->second.channels;
  const auto before = channels;
  if (!channels.remove(what) || !index_) return;
  const auto event = before.ids_by_event().find(what.event);
  for (const auto& id : event->second) {
    if (channels.has(what.event, id)) continue;
    index_->remove_all(found->second, what.event, id);
  }
}

void room_connections::set_congested(durable::bottleneck where, bool congested_there) {
  const bool before = congested();
  const auto bit = 1U << static_cast<unsigned int>(where);
  bottlenecks_ = congested_there ? bottlenecks_ | bit : bottlenecks_ & ~bit;
  if (congested() == before) return;
  for (auto& [id, who] : connections_) {
    if (before) {
      who->client->resume_reading();
    } else {
      who->client->pause_reading();
    }
  }
}

std::size_t room_connections::session_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(sessions_, [](const auto& session) {
    return std::ranges::any_of(session.second.connections, &connection::admitted);
  }));
}

void room_connections::make_index() {
  index_ = std::make_unique<subscription_index>();
  for_each_admitted([this](connection& who) { index_all_of(who); });
}

void room_connections::index_all_of(connection& who) {
  for (const auto& [event, ids] : who.session->channels.ids_by_event()) {
    for (const auto& id : ids) index_->add(who, event, id);
  }
}

void room_connections::unindex_all_of(connection& who) {
  if (!index_) return;
  for (const auto& [event, ids] : who.session->channels.ids_by_event()) {
    for (const auto& id : ids) index_->remove(who, event, id);
  }
}

}  // namespace innkeeper::transport
