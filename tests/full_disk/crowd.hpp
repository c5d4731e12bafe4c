// Many clients in several rooms, each with a counter of its own and one change under way, and a
// ledger of what they were told. On the test's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "tests/full_disk/guest.hpp"
#include "tests/support/server_process.hpp"

namespace innkeeper::testing {

class crowd {
 public:
  explicit crowd(std::uint64_t seed);

  void enter(const server_process& server);
  void leave();

  /// Everybody counts until each has been refused some times.
  void count_until_refused();
  /// Everybody counts until each has been told some new values.
  void count_until_told();

  /// What the server knows of each counter has to be what was told, or one change more where that
  /// was under way.
  void compare(const server_process& server);

  /// Empty: all went well.
  const std::string& complaints() const { return complaints_; }
  std::size_t told() const { return told_; }
  std::size_t refused() const { return refused_; }

 private:
  struct member {
    std::string room;
    std::string session;
    std::unique_ptr<guest> client;
    long told = 0;
    /// The value that the change under way would give.
    std::optional<long> asked;
    int told_lately = 0;
    int refused_lately = 0;
  };

  void count_until(const std::function<bool(const member&)>& done);
  void ask(member& who);
  /// False if nothing has arrived.
  bool take_answer(member& who);
  void answered(member& who, const std::string& frame);
  void complain(const member& who, const std::string& what);

  std::uint64_t seed_;
  std::unique_ptr<boost::asio::io_context> io_;
  std::vector<member> members_;
  std::string complaints_;
  std::size_t told_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace innkeeper::testing
