#pragma once

#include <boost/container/flat_map.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/channel.hpp"

/// Which of a room's connections are subscribed to what, found by the channel. Plain data, no I/O.
/// On the loop's thread.
namespace innkeeper::transport {

struct connection;

class subscription_index {
 public:
  void add(connection& who, const std::string& event, const std::string& id);
  void remove(connection& who, std::string_view event, std::string_view id);

  /// Those who want all ids of the event.
  const std::vector<connection*>& to_all(std::string_view event) const;
  /// Those who want this id of the event, among them some who want all.
  const std::vector<connection*>& to_id(std::string_view event, std::string_view id) const;

 private:
  struct subscribers {
    std::vector<connection*> to_all;
    boost::container::flat_map<std::string, std::vector<connection*>, std::less<>> to_id;
  };

  boost::container::flat_map<std::string, subscribers, std::less<>> by_event_;
};

}  // namespace innkeeper::transport
