#include "transport/gateway/object_connections.hpp"

#include <algorithm>
#include <utility>

namespace innkeeper::transport {
namespace {

/// So many are looked through as quickly as they are found in an index.
constexpr std::size_t without_index_max = 8;

}  // namespace

connection& object_connections::add(sockets::connection_id id,
                                    std::shared_ptr<client_connection> client,
                                    sockets::facts_ptr facts, std::int64_t steady_now_ms) {
  auto* session = find_session(facts->session);
  auto added = std::make_unique<connection>();
  added->id = id;
  added->client = std::move(client);
  added->facts = std::move(facts);
  added->last_communication_ms = steady_now_ms;
  added->reported_ms = steady_now_ms;
  added->session = session != nullptr ? session->connections.front()->session
                                      : std::make_shared<session_connections>();
  added->session->connections.push_back(added.get());
  if (congested()) added->client->pause_reading();
  auto& who = *connections_.emplace(id, std::move(added)).first->second;
  if (index_) {
    index_->sessions.insert(who.session.get());
  } else if (connections_.size() > without_index_max) {
    make_index();
  }
  return who;
}

void object_connections::be_known_by(const durable::address_ptr& address) {
  if (way_.to != address) way_ = {address};
}

void object_connections::admit(connection& who, const sockets::subscriptions& channels) {
  // Later than the session's first socket, changes may be on their way through the gate: what is
  // known here fits the frames that leave now.
  const bool first = std::ranges::none_of(who.session->connections, &connection::admitted);
  if (first) who.session->channels = channels;
  who.admitted = true;
  ++admitted_count_;
  index_all_of(who);
}

bool object_connections::remove(sockets::connection_id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return false;
  auto& who = *found->second;
  if (who.admitted) {
    unindex_all_of(who);
    --admitted_count_;
  }
  auto& session = *who.session;
  const bool last = session.connections.size() == 1;
  if (last && index_) index_->sessions.erase(&session);
  std::erase(session.connections, &who);
  connections_.erase(found);
  return last;
}

connection* object_connections::find(sockets::connection_id id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

std::vector<sockets::connection_id> object_connections::ids() const {
  std::vector<sockets::connection_id> all;
  all.reserve(connections_.size());
  for (const auto& [id, who] : connections_) all.push_back(id);
  return all;
}

void object_connections::subscribe(const std::string& session, const sockets::topic& what) {
  auto* found = find_session(session);
  if (found == nullptr || !found->channels.add(what) || !index_) return;
  for (auto* who : found->connections) {
    if (!who->admitted) continue;
    index_->subscribers.add(*who, what.event, what.id.value_or(std::string(sockets::every_id)));
  }
}

void object_connections::unsubscribe(const std::string& session, const sockets::topic& what) {
  auto* found = find_session(session);
  if (found == nullptr) return;
  auto& channels = found->channels;
  const auto before = channels;
  if (!channels.remove(what) || !index_) return;
  const auto event = before.ids_by_event().find(what.event);
  for (const auto& id : event->second) {
    if (channels.has(what.event, id)) continue;
    index_->subscribers.remove_all(*found, what.event, id);
  }
}

void object_connections::set_congested(durable::back_pressure_source where, bool congested_there) {
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

std::size_t object_connections::session_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(connections_, [](const auto& each) {
    const auto& who = *each.second;
    return who.admitted &&
           &who == *std::ranges::find_if(who.session->connections, &connection::admitted);
  }));
}

void object_connections::make_index() {
  index_ = std::make_unique<crowd_index>();
  for (const auto& [id, who] : connections_) index_->sessions.insert(who->session.get());
  for_each_admitted([this](connection& who) { index_all_of(who); });
}

session_connections* object_connections::find_session(std::string_view id) const {
  if (index_) {
    const auto found = index_->sessions.find(id);
    return found == index_->sessions.end() ? nullptr : *found;
  }
  for (const auto& [_, who] : connections_) {
    if (who->facts->session == id) return who->session.get();
  }
  return nullptr;
}

void object_connections::index_all_of(connection& who) {
  if (!index_) return;
  for (const auto& [event, ids] : who.session->channels.ids_by_event()) {
    for (const auto& id : ids) index_->subscribers.add(who, event, id);
  }
}

void object_connections::unindex_all_of(connection& who) {
  if (!index_) return;
  for (const auto& [event, ids] : who.session->channels.ids_by_event()) {
    for (const auto& id : ids) index_->subscribers.remove(who, event, id);
  }
}

}  // namespace innkeeper::transport
