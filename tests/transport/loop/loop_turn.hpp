#pragma once

#include <boost/asio/post.hpp>
#include <functional>
#include <future>

#include "transport/loop/loop.hpp"

namespace innkeeper::transport {

/// Does it on the thread of a loop that runs, within one turn; returns when that turn is over.
inline void in_a_turn_of(loop& which, const std::function<void()>& what) {
  std::promise<void> done;
  boost::asio::post(which.io(), [&] {
    what();
    // What ends a wait comes before a turn, and all else within one: the next may be this one.
    which.next_turn([&] { which.next_turn([&] { done.set_value(); }); });
  });
  done.get_future().wait();
}

}  // namespace innkeeper::transport
