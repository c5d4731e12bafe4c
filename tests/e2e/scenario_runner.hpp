// Where a conversation is played: one server process of its own and the clients that talk to it.
// A step is one action and what each client hears of it; a client that is not named hears nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "tests/e2e/admin_login.hpp"
#include "tests/e2e/json_match.hpp"
#include "tests/support/exact_json.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {

class scenario_runner {
 public:
  /// `settings` is the "server" part of a conversation.
  explicit scenario_runner(const exact_json& settings);

  /// Nothing if all went as the step says, else what was expected and what came.
  std::optional<std::string> play(const exact_json& step);

  /// After the last step: nobody may hear anything more.
  std::optional<std::string> end();

 private:
  struct person {
    std::unique_ptr<websocket_client> socket;
    std::string room;
    std::string cookie;  // name=value, as a browser would send it back
  };
  using result = std::optional<std::string>;

  result join(const exact_json& step);
  result check_welcome(const exact_json& how, const upgrade_answer& answer, person& who);
  void talk(const exact_json& step);
  void say_all(const exact_json& step);
  void say_fragments(const exact_json& step);
  void leave(const exact_json& step);
  result fetch_page(const exact_json& step);
  result answer_difference(const exact_json& wanted, const http_answer& got) const;
  result restart(const exact_json& step);
  result await_sleep();
  result find_no_trace(const std::string& room) const;

  exact_json expectations(const exact_json& step) const;
  bool needs_fence(const exact_json& step) const;
  result settle(const exact_json& expected, std::chrono::milliseconds quiet);
  result compare(const exact_json& expected);

  websocket_client& speaker(const exact_json& step);
  std::map<std::string, std::string> join_headers(const exact_json& how) const;
  std::string expand_text(const std::string& text) const;
  exact_json expand(const exact_json& value) const;

  bool keep_pings_;
  boost::asio::io_context io_;
  server_process server_;
  std::map<std::string, person> people_;
  session_names sessions_;
  admin_login logins_;
};

}  // namespace innkeeper::testing
