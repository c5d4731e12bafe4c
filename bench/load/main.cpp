// The load client: opens connections, says {"ready":...} and then does what its input tells it, one
// command a line, one line of JSON as the result of each. script/bench is what drives it.

#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>

#include "bench/load/ask_load.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/fanout_load.hpp"
#include "bench/load/newcomer.hpp"
#include "bench/load/swarm.hpp"

namespace {

using namespace innkeeper::bench;

constexpr const char* commands = R"(
Commands, one a line:
  chat IN_FLIGHT SECONDS     keep so many messages in flight in each room
  pace RATE SECONDS          say so many messages a second, over all rooms
  count SECONDS              count on each connection, one outstanding
  ask SECONDS MESSAGE        say MESSAGE on each connection, one outstanding; each has to be
                             answered by one frame to who said it. 0 seconds: once on each
  visit OUTSTANDING SECONDS  let the connections take turns in saying a chat
  wake OUTSTANDING           repeat the subscription once on each connection
  connect OUTSTANDING SECONDS  open and close (with --closed)
  newcomer ROOM...           come to each room in turn by a connection of its own, subscribe at
                             once and wait for the first value
  quit)";

constexpr double us_per_ns = 1e-3;

std::int64_t cpu_ns() {
  rusage used{};
  static_cast<void>(getrusage(RUSAGE_SELF, &used));
  const auto ns = [](const timeval& t) {
    return std::int64_t{t.tv_sec} * ns_per_second + std::int64_t{t.tv_usec} * 1000;
  };
  return ns(used.ru_utime) + ns(used.ru_stime);
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

/// What a load has measured.
struct outcome {
  /// All that was done, warm-up included: what the server's CPU time is divided by.
  std::uint64_t count = 0;
  /// A second, while it was measured.
  double rate = 0;
  const histogram& latency;
};

/// Runs the load and says how busy this process was: near 1 the client is what was measured.
double run_and_watch(swarm& through, load& what) {
  const auto wall = now_ns();
  const auto cpu = cpu_ns();
  through.run(what);
  return static_cast<double>(cpu_ns() - cpu) / static_cast<double>(now_ns() - wall);
}

void print(const outcome& of, double busy) {
  const auto us = [&](double fraction) {
    return static_cast<double>(of.latency.quantile_ns(fraction)) * us_per_ns;
  };
  constexpr double median = 0.5;
  constexpr double most = 0.99;
  std::printf(
      R"({"count":%llu,"rate":%.1f,"p50_us":%.1f,"p99_us":%.1f,"max_us":%.1f,"client":%.3f})"
      "\n",
      static_cast<unsigned long long>(of.count), of.rate, us(median), us(most),
      static_cast<double>(of.latency.max_ns()) * us_per_ns, busy);
}

class commander {
 public:
  commander(swarm& through, std::size_t bytes) : swarm_(through), bytes_(bytes) {}

  /// False: there is nothing more to do.
  bool obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "chat") {
      chat(words);
    } else if (verb == "pace") {
      pace(words);
    } else if (verb == "count" || verb == "visit" || verb == "wake" || verb == "ask") {
      ask(verb, words);
    } else if (verb == "connect") {
      connect(words);
    } else if (verb == "newcomer") {
      come(words);
    } else if (verb != "quit") {
      throw std::runtime_error("The command '" + line + "' is not known; see --help.");
    }
    std::fflush(stdout);
    return verb != "quit";
  }

 private:
  void chat(std::istream& words) {
    std::size_t in_flight = 1;
    double seconds = 1;
    words >> in_flight >> seconds;
    steady_fanout said(swarm_, bytes_, in_flight, seconds);
    const auto busy = run_and_watch(swarm_, said);
    print({said.deliveries(), said.rate(), histogram()}, busy);
  }

  void pace(std::istream& words) {
    double rate = 1;
    double seconds = 1;
    words >> rate >> seconds;
    paced_fanout said(swarm_, bytes_, rate, seconds);
    const auto busy = run_and_watch(swarm_, said);
    print(
        {said.deliveries(), static_cast<double>(said.latency().count()) / seconds, said.latency()},
        busy);
  }

  void ask(const std::string& verb, std::istream& words) {
    ask_options wanted;
    wanted.outstanding_max = swarm_.size();
    if (verb == "visit" || verb == "wake") words >> wanted.outstanding_max;
    if (verb != "wake") words >> wanted.seconds;
    const auto in = swarm_.options().speaks;
    std::string message;
    if (verb == "ask") std::getline(words >> std::ws, message);
    wanted.question = [&](std::size_t i) {
      if (verb == "count") return count_message(in, i);
      if (verb == "ask") return text_frame(message);
      if (verb == "wake") return subscribe_message(swarm_.options().subscribe);
      return chat_message(in, bytes_, swarm_.suffix(i));
    };
    ask_load asked(swarm_, wanted);
    const auto busy = run_and_watch(swarm_, asked);
    print({asked.answered(), asked.rate(), asked.latency()}, busy);
  }

  void connect(std::istream& words) {
    std::size_t outstanding = 1;
    double seconds = 1;
    words >> outstanding >> seconds;
    connect_load opened(swarm_, outstanding, seconds);
    const auto busy = run_and_watch(swarm_, opened);
    print({opened.opened_count(), opened.rate(), opened.latency()}, busy);
  }

  /// All of them: the worst counts, and there are few.
  void come(std::istream& rooms) {
    const auto& options = swarm_.options();
    std::string waits;
    for (std::string room; rooms >> room;) {
      const auto ns = wait_of_newcomer(options.port, room, options.subscribe);
      waits += (waits.empty() ? "" : ",") + std::to_string(static_cast<double>(ns) * us_per_ns);
    }
    std::printf("{\"waits_us\":[%s]}\n", waits.c_str());
  }

  swarm& swarm_;
  std::size_t bytes_;
};

int obey_input(const swarm_options& options, std::size_t bytes, bool closed) {
  swarm through(options);
  const auto begun = now_ns();
  if (!closed) through.open_all();
  std::printf(R"({"ready":%zu,"seconds":%.3f})"
              "\n",
              through.size(), to_seconds(now_ns() - begun));
  std::fflush(stdout);
  commander commands_to(through, bytes);
  for (std::string line;;) {
    through.idle_until_readable(STDIN_FILENO);
    if (!std::getline(std::cin, line) || !commands_to.obey(line)) return 0;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("A load client for chats and counters over WebSockets, and for Redis.");
  swarm_options options;
  std::string speaks = "rooms";
  std::size_t bytes = 128;
  bool closed = false;
  program.add_option("--dialect", speaks, "rooms, raw or resp")->capture_default_str();
  program.add_option("--port", options.port, "on 127.0.0.1")->required();
  program.add_option("--rooms", options.rooms)->capture_default_str();
  program.add_option("--per-room", options.per_room, "connections in each")->capture_default_str();
  program.add_option("--subscribe", options.subscribe, "channel that each subscribes to");
  program.add_option("--prefix", options.room_prefix, "of the rooms' names")->capture_default_str();
  program.add_option("--opening", options.opening_max, "handshakes at once")->capture_default_str();
  program.add_option("--bytes", bytes, "of each chat as it is delivered")->capture_default_str();
  program.add_flag("--closed", closed, "open nothing before the first command");
  program.footer(commands);
  CLI11_PARSE(program, argc, argv);
  raise_descriptor_limit();
  try {
    options.speaks = dialect_named(speaks);
    return obey_input(options, bytes, closed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "load: %s\n", error.what());
    return 1;
  }
}
