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
  /// Flat, because each session with an open socket has one, usually with a few short names.
  using channels =
      boost::container::flat_map<std::string, boost::container::flat_set<std::string, std::less<>>,
                                 std::less<>>;

  /// False if it was already subscribed.
  bool add(const topic& what);
  /// Without an id, removes the event with all its ids; with an id, only that id. False if nothing
  /// changed.
  bool remove(const topic& what);

  bool has(std::string_view event, std::string_view id) const;
  /// Whether exactly this topic was added, whether or not another one includes it.
  bool has(const topic& what) const;
  /// Whether this session receives what is published to the topic.
  bool wants(const topic& published) const;

  bool empty() const { return ids_by_event_.empty(); }
  std::size_t size() const;
  /// Event -> ids; the id "all" stands for every id.
  const channels& ids_by_event() const { return ids_by_event_; }

  /// The format of profiles and of the file: {"poll":{"all":true},"counter":{"x":true}}.
  std::string to_json() const;
  /// Parses the output of to_json; ignores everything else in the text.
  static subscriptions from_json(std::string_view text);

  friend bool operator==(const subscriptions&, const subscriptions&) = default;

 private:
  channels ids_by_event_;
};

}  // namespace innkeeper::sockets
