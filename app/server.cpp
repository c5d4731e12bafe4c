#include "app/server.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "actors/durable/directory_actor.hpp"
#include "actors/durable/runtime.hpp"
#include "actors/room/room_kind.hpp"
#include "actors/sockets/echo.hpp"
#include "app/certificate_watch.hpp"
#include "app/logging.hpp"
#include "app/process.hpp"
#include "app/renewal.hpp"
#include "app/rooms/room_routes.hpp"
#include "app/server_clock.hpp"
#include "app/version.hpp"
#include "health/monitor.hpp"
#include "memory/allocator.hpp"
#include "proto/digest.hpp"
#include "proto/limits.hpp"
#include "storage/batching_writer.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/object_reader.hpp"
#include "transport/gateway/gateway_actor.hpp"
#include "transport/gateway/metrics.hpp"
#include "transport/http/listener.hpp"
#include "transport/http/server_context.hpp"
#include "transport/loop/loop_scheduler.hpp"
#include "transport/loop/stop_signal.hpp"

namespace innkeeper::app {
namespace {

/// An orderly end takes at most this long; then the process ends as after a crash, which loses
/// nothing that was acknowledged.
constexpr std::chrono::milliseconds shut_down_max{4500};

int fail(const std::string& sentence) {
  std::fprintf(stderr, "innkeeper: %s\n", sentence.c_str());
  return 1;
}

/// What OpenSSL sets up for its first digest takes milliseconds: whoever came first would wait for
/// that.
void ready_digests() {
  static_cast<void>(proto::object_id({}));
}

/// Rooms have a name too.
std::optional<std::string> name_given_twice(const object_kinds& kinds) {
  std::set<std::string, std::less<>> names{std::string(room::room_kind::kind_name)};
  for (const auto& kind : kinds) {
    if (!names.emplace(kind->name()).second) return std::string(kind->name());
  }
  return std::nullopt;
}

std::size_t loop_count(const serve_options& options) {
  if (options.loops > 0) return options.loops;
  return std::max(1U, std::thread::hardware_concurrency());
}

/// Everything that lives as long as the server. Members are ended in the reverse of their order.
class running_server {
 public:
  running_server(const serve_options& options, object_kinds kinds, storage::database file)
      : options_(options),
        kinds_(std::move(kinds)),
        health_(std::make_shared<health::monitor>(log_trouble)),
        signing_keys_(std::make_shared<signing_keys>(options.signing_keys)),
        rooms_(std::make_shared<const room::room_kind>(
            room::admin_auth(signing_keys_), options.session_ttl.count(), options.bounds, health_)),
        clock_(storage::server_clock_of(file)),
        writer_(std::move(file), writer_options()),
        config_(loop_count(options), options.io_uring),
        system_(config_),
        loops_(transport::loop_scheduler::of(system_)),
        stop_signal_(loops_.at(0)) {}

  /// The error is a sentence.
  boost::system::result<void, std::string> start(std::int64_t last_object) {
    ready_digests();
    number_behind(last_object);
    auto shared = std::make_shared<transport::server_context>();
    shared->watched = &metrics_;
    shared->health = health_;
    metrics_.watch_health(*health_);
    metrics_.watch_file(writer_.file());
    metrics_.tell_version(version);
    if (memory::allocated_bytes())
      metrics_.watch_memory([] { return memory::allocated_bytes().value_or(0); });
    shared->deflate = options_.deflate;
    if (auto fault = open_entrance(*shared)) return std::move(*fault);
    renew_signal_ = std::make_unique<transport::renew_signal>(
        loops_.at(0), [renewed = renewal(options_, shared, signing_keys_)] { renewed.run(); });
    for (const auto& kind : kinds_) shared->kinds.push_back(kind.get());
    add_room_routes(*shared, access_to_rooms());
    shared->next_connection = [this] { return next_connection_++; };
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      auto home = start_home(loops_.at(i));
      if (!home) return home.error();
      shared->homes.push_back(*home);
    }
    homes_ = shared->homes;
    auto listening = transport::listener::open(options_.bind, options_.port, shared);
    if (!listening) return listening.error();
    listener_ = *listening;
    listener_->start();
    certificate_watch_.emplace(shared->tls, health_, metrics_);
    look_at_certificate();
    return {};
  }

  std::uint16_t port() const { return listener_->port(); }

  /// Returns the signal that asked for the end. Until then it looks after what has no thread of its
  /// own.
  int wait_for_signal() {
    constexpr std::chrono::seconds tick{1};
    for (;;) {
      if (const auto signal = stop_signal_.wait_for(tick)) return *signal;
      clock_.look();
      look_at_certificate();
      health_->tick();
    }
  }

  /// False if it took too long: the caller has to end the process without destroying this.
  bool shut_down() {
    if (listener_) listener_->stop();
    auto done = std::make_shared<std::promise<void>>();
    auto left = std::make_shared<std::atomic<std::size_t>>(homes_.size());
    const auto count_down = [done, left] {
      if (--*left == 0) done->set_value();
    };
    for (auto& home : homes_) {
      caf::anon_send(home.gateway.actor(), transport::shut_down{count_down});
    }
    const bool in_time =
        homes_.empty() || done->get_future().wait_for(shut_down_max) == std::future_status::ready;
    if (!in_time) return false;
    writer_.stop();
    directories_.clear();
    for (auto& actor : actors_) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actors_.clear();
    homes_.clear();
    listener_.reset();
    return true;
  }

 private:
  void look_at_certificate() {
    using std::chrono::system_clock;
    certificate_watch_->look(system_clock::to_time_t(system_clock::now()));
  }

  std::shared_ptr<const room_access> access_to_rooms() const {
    auto made = std::make_shared<room_access>();
    made->kind = rooms_.get();
    made->session_ttl = options_.session_ttl;
    if (options_.sessions == "known") made->sessions = session_rule::known;
    if (options_.sessions == "signed") {
      made->sessions = session_rule::signed_here;
      made->signer.emplace(signing_keys_);
    }
    return made;
  }

  /// A sentence if something that was asked for cannot be had.
  std::optional<std::string> open_entrance(transport::server_context& shared) {
    shared.bounds = std::make_shared<const proto::limits>(options_.bounds);
    shared.admission = std::make_shared<transport::admission_control>(
        options_.bounds, sockets_max(options_.bounds, !options_.tls_cert.empty(), loops_.size()));
    shared.allowed_origins.replace(options_.allowed_origins);
    shared.trusted_proxies.replace(options_.trusted_proxies);
    if (!options_.geoip.empty()) {
      auto places = transport::geo_reader::open(options_.geoip);
      if (!places) return places.error();
      shared.places = std::move(*places);
    }
    if (options_.tls_cert.empty()) return std::nullopt;
    auto files = transport::tls_files::open(options_.tls_cert, options_.tls_key);
    if (!files) return files.error();
    shared.tls = std::move(*files);
    return std::nullopt;
  }

  storage::group_writer_options writer_options() {
    storage::group_writer_options wanted;
    wanted.on_commit = [this](std::size_t batches) { metrics_.committed(batches); };
    wanted.at_rest = memory::flush_thread_cache;
    wanted.health = health_;
    wanted.next_instance = [this] { return numbers_.next_instance.load(); };
    wanted.server_clock_ms = [this] { return clock_.ms(std::chrono::steady_clock::now()); };
    wanted.on_hand_edits = [this](storage::found_edits found) { tell_of_edits(std::move(found)); };
    return wanted;
  }

  /// On the writer's thread. Numbers that somebody has used by hand are used up.
  void tell_of_edits(storage::found_edits found) {
    number_behind(found.last_object);
    spdlog::info("rows were changed by hand ({} in all): their objects are read afresh",
                 found.all.size());
    const auto all = std::make_shared<const storage::found_edits>(std::move(found));
    const std::lock_guard lock(directories_mutex_);
    for (const auto& each : directories_) caf::anon_send(each, durable::rows_edited{all});
  }

  /// New objects are numbered from there, unless it is further already.
  void number_behind(std::int64_t last_object) {
    auto next = numbers_.next_object.load();
    while (next <= last_object &&
           !numbers_.next_object.compare_exchange_weak(next, last_object + 1)) {
    }
  }

  template <class Actor, class... Arguments>
  auto spawn_on(transport::loop& on, Arguments&&... arguments) {
    caf::actor_config config(&on);
    return durable::spawn_at_home<Actor, caf::lazy_init>(system_, config,
                                                         std::forward<Arguments>(arguments)...);
  }

  boost::system::result<transport::server_context::home, std::string> start_home(
      transport::loop& on) {
    auto reader = storage::object_reader::open(writer_.file(), health_);
    if (!reader) return reader.error().sentence;
    readers_.push_back(std::move(*reader));
    const auto gateway = spawn_on<transport::gateway_actor>(
        on, &on,
        transport::gateway_options{metrics_, [&on] { return on.wall_ms(); }, report_interval_ms(),
                                   options_.bounds, [&on] { return on.now(); }});
    const auto sink = durable::object_sink::of(gateway.actor());
    const auto directory = spawn_on<durable::directory_actor>(on, runtime_for(on, sink));
    caf::anon_send(gateway.actor(), transport::use_directory{directory, sink.outputs});
    // Actors begin with their first message, and what is overdue waits for nobody to come.
    caf::anon_send(directory.actor(), durable::look_for_alarms{});
    actors_.insert(actors_.end(), {gateway.actor(), directory.actor()});
    {
      const std::lock_guard lock(directories_mutex_);
      directories_.push_back(directory.actor());
    }
    return transport::server_context::home{&on, gateway};
  }

  /// Often enough that no session with an open socket is taken for unseen.
  std::int64_t report_interval_ms() const {
    constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
    return std::min(day_ms, options_.session_ttl.count() / 4);
  }

  storage::batch_writer& writer_for(transport::loop& on) {
    gathering_.push_back(std::make_unique<storage::batching_writer>(writer_));
    auto& made = *gathering_.back();
    on.tell_pauses({[&made](auto now) { made.turn_ended(now); }, [&made] { made.hand_over(); },
                    memory::flush_thread_cache});
    return made;
  }

  std::shared_ptr<const durable::runtime> runtime_for(transport::loop& on,
                                                      const durable::object_sink& sink) {
    auto shared = std::make_shared<durable::runtime>(durable::runtime{
        *readers_.back(), writer_for(on), numbers_, metrics_, [&on] { return on.wall_ms(); }});
    shared->kinds = {rooms_};
    shared->is_home = [this, &on](const durable::object_address& address) {
      return transport::home_index(address.name, loops_.size()) == on.index();
    };
    shared->kinds.insert(shared->kinds.end(), kinds_.begin(), kinds_.end());
    shared->sink = sink;
    shared->home = &on;
    shared->hibernate_after = options_.hibernate_after;
    shared->server_clock_ms = [this, &on] { return clock_.ms(on.now()); };
    return shared;
  }

  const serve_options& options_;
  const object_kinds kinds_;
  std::shared_ptr<health::monitor> health_;
  std::shared_ptr<signing_keys> signing_keys_;
  /// One for all loops: what a client may do is counted over all of them.
  std::shared_ptr<const room::room_kind> rooms_;
  transport::metrics metrics_;
  durable::number_source numbers_;
  std::atomic<room::connection_id> next_connection_{1};
  server_clock clock_;
  std::mutex directories_mutex_;
  /// One for each loop, told of edits by hand.
  std::vector<caf::actor> directories_;
  storage::group_writer writer_;
  /// One for each loop. They close the file before the writer does, which takes the log away.
  std::vector<std::unique_ptr<storage::object_reader>> readers_;
  /// One for each loop.
  std::vector<std::unique_ptr<storage::batching_writer>> gathering_;
  transport::loops_config config_;
  caf::actor_system system_;
  transport::loop_scheduler& loops_;
  transport::stop_signal stop_signal_;
  std::unique_ptr<transport::renew_signal> renew_signal_;
  std::optional<certificate_watch> certificate_watch_;
  std::vector<transport::server_context::home> homes_;
  std::vector<caf::actor> actors_;
  std::shared_ptr<transport::listener> listener_;
};

std::string url_host(const std::string& address) {
  if (address == "0.0.0.0" || address == "::") return "localhost";
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

void announce(const serve_options& options, std::uint16_t port) {
  std::printf("Innkeeper keeps rooms at %s://%s:%u/ in %s\n",
              options.tls_cert.empty() ? "http" : "https", url_host(options.bind).c_str(),
              static_cast<unsigned>(port), options.data.c_str());
  std::fflush(stdout);
  if (options.signing_keys.empty()) {
    spdlog::warn(
        "no signing key: admin login is off (--signing-key-file or INNKEEPER_SIGNING_KEY)");
  }
}

/// Runs until it is asked to stop. A sentence if the server could not start.
std::optional<std::string> run_server(const serve_options& options, object_kinds kinds,
                                      storage::database file) try {
  constexpr std::size_t of_writer_and_libraries = 6;
  require_threads(loop_count(options) + of_writer_and_libraries);
  const auto last_object = storage::last_object_number(file);
  if (!last_object) return last_object.error().sentence;
  auto server = std::make_unique<running_server>(options, std::move(kinds), std::move(file));
  const auto started = server->start(*last_object);
  if (started) {
    announce(options, server->port());
    const int signal = server->wait_for_signal();
    spdlog::info("{}: finishing what is under way", signal == SIGINT ? "interrupted" : "stopping");
  }
  if (!server->shut_down()) {
    spdlog::error("stopping took too long; ending at once. What was acknowledged is on disk.");
    static_cast<void>(server.release());
    std::_Exit(1);
  }
  return started ? std::nullopt : std::optional(started.error());
} catch (const std::exception& error) {
  return reason_of(error);
}

}  // namespace

int serve(const serve_options& options, object_kinds kinds) {
  if (options.test_echo) kinds.push_back(std::make_shared<const sockets::echo_kind>());
  if (const auto twice = name_given_twice(kinds)) {
    return fail("there are two kinds of objects called '" + *twice + "'");
  }
  start_logging(options.log_level);
  for (const auto& warning : options.warnings) spdlog::warn(warning);
  auto file = storage::database::open(options.data);
  if (!file) return fail(file.error().sentence);
  for (const auto& warning : file->lock().warnings()) spdlog::warn(warning);
  const auto path = file->file();
  const bool is_new = file->lock().is_new();
  const auto fault = run_server(options, std::move(kinds), std::move(*file));
  if (!fault) return 0;
  if (is_new) storage::file_lock::remove(path);
  return fail(*fault);
}

}  // namespace innkeeper::app
