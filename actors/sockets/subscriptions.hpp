#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "actors/sockets/topic.hpp"

/// The channels that one session is subscribed to. A value type: any thread.
namespace innkeeper::sockets {

class subscriptions {
 public:
  /// Flat, for there is one for each session with an open socket, mostly of a few short names.
  using channels =
      boost::container::flat_map<std::string, boost::container::flat_set<std::string, std::less<>>,
                                 std::less<>>;

  /// False if it was there already.
  bool add(const topic& what);
  /// An event without id goes with all its ids; with an id only that id goes. False if nothing
  /// changed.
  bool remove(const topic& what);

  bool has(std::string_view event, std::string_view id) const;
  /// This very topic, be it in another one or not.
  bool has(const topic& what) const;
  /// Whether what is published there is for this session.
  bool wants(const topic& published) const;

  bool empty() const { return ids_by_event_.empty(); }
  std::size_t size() const;
  /// Event -> ids; the id "all" stands for every id.
  const channels& ids_by_event() const { return ids_by_event_; }

  /// As a profile shows them and the file keeps them: {"poll":{"all":true},"counter":{"x":true}}.
  std::string to_json() const;
  /// Reads what to_json wrote; whatever else the text holds is left out.
  static subscriptions from_json(std::string_view text);

  friend bool operator==(const subscriptions&, const subscriptions&) = default;

 private:
  channels ids_by_event_;
};

}  // namespace innkeeper::sockets
