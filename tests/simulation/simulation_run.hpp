// A whole world in one seed: a server that lives, crashes and starts again on one disk, five rooms,
// the people in them, and the model that everything is held against. Chance decides what happens
// next; the same seed always decides the same.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/chance.hpp"
#include "tests/simulation/room_model.hpp"
#include "tests/simulation/run_report.hpp"
#include "tests/simulation/server.hpp"
#include "tests/simulation/simulated_disk.hpp"
#include "tests/simulation/watched_kind.hpp"

namespace innkeeper::simulation {

class simulation_run final : private disk_listener, private watcher {
 public:
  // What each seed has at least.
  static constexpr std::uint64_t turns_min = 500;
  static constexpr std::uint64_t crashes_min = 3;
  static constexpr std::size_t rooms = 5;

  /// When the disk gives rows.
  enum class rows_come { at_once, late };

  /// `watched` takes what the server counts; one is enough for many runs.
  simulation_run(std::uint64_t seed, run_report& judge, transport::metrics& watched,
                 rows_come when = rows_come::at_once);
  ~simulation_run() override;

  /// Until the seed is over or something is wrong.
  void run();

 private:
  /// How this seed leans: each stresses something else.
  struct leaning {
    std::chrono::milliseconds hibernate_after;
    std::size_t run, say, connect, leave, ask, pass, wait, begin, finish, settle;
    std::size_t people_max;
    std::size_t sessions;
    /// Of a hundred transactions, and of a thousand steps.
    std::size_t write_faults;
    std::size_t read_faults;
  };
  struct object_life {
    int instances = 0;
    /// The last instance fell asleep, or there was none.
    bool sleeps = true;
    bool first_turn = false;
  };

  bool has_seen_enough() const;
  void start();
  void live(std::uint64_t turns);
  void crash();
  void end_orderly();
  void last_days();

  void act();
  void run_a_few();
  void somebody_comes();
  void somebody_speaks();
  void speak(guest& who, const saying& what);
  void somebody_leaves();
  void somebody_asks();
  void heard(question& asked, const std::optional<std::string>& json);
  static bool answers(const std::string& json, const question& asked);
  void pass_time(std::chrono::milliseconds duration);
  void wait_long();
  void finish_transaction();
  void maybe_fail_a_read();
  void maybe_bring_rows();
  void bring_rows();

  void step();
  void run_all();
  void run_until_quiet();
  void settle();
  void release_models();
  void check_sleep();
  guest_ptr pick(bool open);
  room_model& room_of(const guest& who) { return models_.at(who.room); }
  bool going_on() const { return !judge_.failed(); }

  void submitted(const std::string& object, batch_id batch) override;
  void committed(const std::string& object, batch_id batch) override;
  void failed(const std::string& object, batch_id batch, storage::commit_outcome outcome) override;
  void read_failed(const std::string& object) override;
  void made(const std::string& object) override;
  void hydrated(const std::string& object) override;
  void handled(const std::string& object, const told& what) override;
  void rang(const std::string& object) override;
  void slept(const std::string& object) override;
  void unmade(const std::string& object) override;
  void gone(const std::string& object, bool has_slept) override;

  static leaning lean(chance& by);

  run_report& judge_;
  transport::metrics& watched_;
  chance by_;
  leaning leaning_;
  std::int64_t now_ms_ = 1'700'000'000'000;
  simulated_disk disk_{*this};
  durable::address_ptr address_of(const std::string& room) const {
    return std::make_shared<const durable::object_address>(
        durable::object_address{kind_.get(), room});
  }

  std::shared_ptr<const sockets::socket_kind> kind_;
  std::map<std::string, room_model> models_;
  std::map<std::string, object_life> lives_;
  std::vector<guest_ptr> people_;
  std::map<room::connection_id, guest_ptr> by_id_;
  std::map<sockets::request_id, question_ptr> questions_;
  room::connection_id last_connection_ = 0;
  sockets::request_id last_request_ = 0;
  /// Between two lives nobody is judged: the process is gone.
  bool alive_ = false;
  /// The server has been told to stop: whoever comes from now on is refused.
  bool ending_ = false;
  /// How much time has passed since nobody had anything to do.
  std::chrono::milliseconds busy_for_{0};
  std::unique_ptr<server> server_;
};

}  // namespace innkeeper::simulation
