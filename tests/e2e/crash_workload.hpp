// The clients of one room, saying everything that the protocol knows until their server is killed,
// and comparing what they find afterwards with what they were told.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "tests/e2e/admin_login.hpp"
#include "tests/e2e/ledger.hpp"
#include "tests/support/exact_json.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {

class crash_workload {
 public:
  crash_workload(std::string name, std::size_t sessions, std::uint64_t seed);

  /// Lets all in that the server takes, and holds what they see against the ledger. False if the
  /// server died meanwhile.
  bool enter(boost::asio::io_context& io, const server_process& server);
  /// One of them says something.
  void say_something();
  /// Notes what has arrived. Gives how many frames told of something stored.
  std::size_t listen();
  /// Until all connections have ended: what left the server before its end counts as told.
  void listen_to_the_end(boost::asio::io_context& io);
  /// Reads the file itself, of which the server that was killed has left a copy there.
  void inspect(const std::filesystem::path& copy);
  void leave();

  /// What has gone wrong so far; empty: nothing.
  const std::string& complaints() const { return complaints_; }
  std::size_t messages() const { return messages_; }
  std::size_t told() const { return told_; }

 private:
  struct guest {
    std::string session;
    std::unique_ptr<websocket_client> client;
    bool has_knocked = false;
  };

  bool enter_one(guest& who, const server_process& server);
  bool find_out(guest& who, const exact_json& profile);
  bool hear_present_values(guest& who, own_state& found);
  bool authenticate(guest& admin);
  void check_used_key(guest& stranger);
  void note_suffix(const guest& who, long suffix);
  void note(const guest& from, const client_event& event);
  void note_counter(const exact_json& data);
  void note_poll(const exact_json& data);
  void note_profile(const guest& from, const exact_json& data);
  void note_config(const exact_json& data);
  void note_shared(shared_value& value, long told, const std::string& what);
  void settle_shared(shared_value& value, long found, const std::string& what);
  /// The next frame of this type that reaches the client; the others are noted.
  std::optional<exact_json> await(guest& who, const std::string& type);

  void say(guest& who, const std::string& type, const exact_json& data);
  void store_something(guest& who);
  void make_noise(guest& who);
  void complain(const std::string& sentence);
  std::size_t any(std::size_t below) { return random_() % below; }

  std::string name_;
  std::mt19937_64 random_;
  std::vector<guest> guests_;  // the first is the admin
  room_ledger book_;
  admin_login logins_;
  /// Session -> its answer in the poll of all, as the file says: no frame tells who voted what.
  std::map<std::string, std::string> lunch_in_file_;
  int last_number_ = 0;  // of answers, logins and news: never the same twice
  int newcomers_ = 0;
  std::string complaints_;
  std::size_t messages_ = 0;
  std::size_t told_ = 0;
};

}  // namespace innkeeper::testing
