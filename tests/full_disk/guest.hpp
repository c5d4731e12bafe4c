// A client with a session of its own that talks in whole frames. On the test's thread.
#pragma once

#include <chrono>
#include <string>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {

class guest {
 public:
  guest(boost::asio::io_context& io, const std::string& room, const std::string& session)
      : client_(io), target_("/websocket?room=" + room + "&session=" + session) {}

  upgrade_answer knock(const server_process& server) {
    return client_.connect(server.port(), target_);
  }

  /// Comes in and hears the first two frames. Gives the second, its profile.
  std::string enter(const server_process& server) {
    REQUIRE(knock(server).accepted());
    hear();
    return hear();
  }

  void say(const std::string& text) { client_.send_text(text); }

  std::string hear() {
    const auto event = client_.next_event(std::chrono::seconds(10));
    if (!event) return "nothing";
    return event->what == client_event::kind::text ? event->payload : event->show();
  }

  std::string ask(const std::string& text) {
    say(text);
    return hear();
  }

  websocket_client& client() { return client_; }

 private:
  websocket_client client_;
  std::string target_;
};

}  // namespace innkeeper::testing
