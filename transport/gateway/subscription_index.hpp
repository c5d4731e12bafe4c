#pragma once

#include <boost/container/flat_map.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/sockets/topic.hpp"

/// Which of a room's connections are subscribed to what, found by the channel. Plain data, no I/O.
/// On the loop's thread.
namespace innkeeper::transport {

struct connection;
struct session_connections;

class subscription_index {
 public:
  void add(connection& who, const std::string& event, const std::string& id);
  void remove(const connection& who, std::string_view event, std::string_view id);
  /// All of the session's connections, in one look through the list: they may be very many, and
  /// those of others more.
  void remove_all(const session_connections& of, std::string_view event, std::string_view id);

  struct subscriber {
    connection* who = nullptr;
    /// Its session, so that nobody has to be asked for it.
    const session_connections* of = nullptr;
  };
  using subscribers = std::vector<subscriber>;

  /// Those who want all ids of the event.
  const subscribers& to_all(std::string_view event) const;
  /// Those who want this id of the event, among them some who want all.
  const subscribers& to_id(std::string_view event, std::string_view id) const;

 private:
  struct lists {
    subscribers to_all;
    boost::container::flat_map<std::string, subscribers, std::less<>> to_id;
  };

  /// Has something removed from a list, and forgets what is empty then.
  template <class Change>
  void change(std::string_view event, std::string_view id, const Change& remove);

  boost::container::flat_map<std::string, lists, std::less<>> by_event_;
};

}  // namespace innkeeper::transport
