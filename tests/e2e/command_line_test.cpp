// The program as its operator meets it: what it says of itself, what it refuses, and how it ends.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <sqlite3.h>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/child_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

command_result innkeeper(std::vector<std::string> words,
                         std::map<std::string, std::string> environment = {}) {
  words.insert(words.begin(), tested_binary());
  return run_command(std::move(words), std::move(environment));
}

command_result serve(const fs::path& data, std::uint16_t port = free_port()) {
  return innkeeper({"serve", "--port", std::to_string(port), "--data", data.string()});
}

bool is_one_line(const std::string& text) {
  return text.size() > 1 && std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n';
}

void run_sql(const fs::path& file, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

void check_refused(const command_result& result, int code) {
  INFO("out: " << result.out << "\nerr: " << result.err);
  REQUIRE(result.ended.has_value());
  CHECK(result.ended->code == code);
  CHECK(result.err.find(' ') != std::string::npos);
}

}  // namespace

TEST_CASE("a wrong command line is answered with one line and exit code 2", "[command_line]") {
  const temporary_directory place;
  const std::string data = (place.path() / "innkeeper.db").string();
  const std::vector<std::string> words = GENERATE_REF(values<std::vector<std::string>>({
      {"serve", "--no-such-flag"},
      {"serve", "--port", "many", "--data", data},
      {"serve", "--port", "65536", "--data", data},
      {"serve", "--port", "-1", "--data", data},
      {"serve", "--port"},
      {"no-such-command"},
      {"--no-such-flag"},
  }));
  const command_result result = innkeeper(words);
  INFO("words: " << Catch::StringMaker<std::vector<std::string>>::convert(words)
                 << "\nerr: " << result.err);
  REQUIRE(result.ended.has_value());
  CHECK(result.ended->code == 2);
  CHECK(is_one_line(result.err));
  CHECK(result.out.empty());
  CHECK_FALSE(fs::exists(data));
}

TEST_CASE("a wrong setting in the environment is refused before anything is served",
          "[command_line]") {
  const temporary_directory place;
  const std::string data = (place.path() / "innkeeper.db").string();
  const auto setting = GENERATE(std::make_pair("INNKEEPER_SIGNING_KEY", "too short"),
                                std::make_pair("INNKEEPER_HIBERNATE_AFTER_MS", "soon"));
  const command_result result =
      innkeeper({"serve", "--port", std::to_string(free_port()), "--data", data},
                {{setting.first, setting.second}});
  INFO(setting.first << "\nerr: " << result.err);
  REQUIRE(result.ended.has_value());
  CHECK(result.ended->code == 2);
  CHECK(is_one_line(result.err));
}

TEST_CASE("doubtful variables are told in the log, and those that exist are not",
          "[command_line]") {
  server_options options;
  options.hibernate_after_ms = 5000;
  options.environment = {{"INNKEEPER_ALLOWED_ORIGIN", "https://example.org"},
                         {"INNKEEPER_TRUSTED_PROXIES", ""},
                         {"INNKEEPER_MESSAGES_BURST", "0500"}};
  server_process server(options);
  server.stop(SIGTERM);
  const auto log = server.log_text();
  CHECK(log.find("INNKEEPER_ALLOWED_ORIGIN is set, but no option has such a name; did you mean "
                 "INNKEEPER_ALLOWED_ORIGINS?") != std::string::npos);
  CHECK(log.find("INNKEEPER_TRUSTED_PROXIES is set, but empty") != std::string::npos);
  for (const auto* name : {"HIBERNATE_AFTER_MS is", "SIGNING_KEY is", "MESSAGES_BURST is"}) {
    CHECK(log.find(name) == std::string::npos);
  }
}

TEST_CASE("the program tells its version and its use", "[command_line]") {
  const command_result version = innkeeper({"--version"});
  REQUIRE(version.ended.has_value());
  CHECK(version.ended->code == 0);
  CHECK(is_one_line(version.out));
  CHECK(version.out.find_first_of("0123456789") != std::string::npos);
  CHECK(version.err.empty());

  const command_result help = innkeeper({"--help"});
  REQUIRE(help.ended.has_value());
  CHECK(help.ended->code == 0);
  CHECK(help.out.find("serve") != std::string::npos);

  const command_result serve_help = innkeeper({"serve", "--help"});
  REQUIRE(serve_help.ended.has_value());
  CHECK(serve_help.ended->code == 0);
  CHECK(serve_help.out.find("--port") != std::string::npos);
  CHECK(serve_help.out.find("--data") != std::string::npos);
}

TEST_CASE("a second server on the same file is refused and the first goes on", "[command_line]") {
  const server_process first;
  check_refused(serve(first.data_file()), 1);
  CHECK(fetch(first.port(), {.target = "/healthz"}).status == 200);
}

TEST_CASE("a port that is taken is refused", "[command_line]") {
  const server_process first;
  const temporary_directory place;
  check_refused(serve(place.path() / "other.db", first.port()), 1);
  CHECK(fetch(first.port(), {.target = "/healthz"}).status == 200);
}

TEST_CASE("a file that is not ours is refused and left as it is", "[command_line]") {
  const temporary_directory place;
  const fs::path file = place.path() / "innkeeper.db";
  SECTION("text") {
    std::ofstream(file) << std::string(5000, 'x') << "\nnot a database\n";
  }
  SECTION("somebody else's database") {
    run_sql(file, "CREATE TABLE recipes(name TEXT); INSERT INTO recipes VALUES('soup')");
  }
  SECTION("a database of another program") {
    run_sql(file, "PRAGMA application_id = 1196444487; CREATE TABLE tiles(z INTEGER)");
  }
  const std::string before = file_text(file);
  check_refused(serve(file), 1);
  CHECK(file_text(file) == before);
}

TEST_CASE("a file of a newer version is refused and left as it is", "[command_line]") {
  server_process server;
  CHECK(server.stop(SIGTERM).code == 0);
  run_sql(server.data_file(), "PRAGMA user_version = 100000");
  const std::string before = file_text(server.data_file());
  check_refused(serve(server.data_file()), 1);
  CHECK(file_text(server.data_file()) == before);
}

TEST_CASE("a folder that does not exist is refused", "[command_line]") {
  const temporary_directory place;
  check_refused(serve(place.path() / "nowhere" / "innkeeper.db"), 1);
}

TEST_CASE("the file of sessions is for its owner alone", "[command_line]") {
  const server_process server;
  CHECK(fs::status(server.data_file()).permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("SIGTERM closes every socket with 1001 and ends with exit code 0", "[command_line]") {
  server_process server;
  boost::asio::io_context io;
  websocket_client ann(io);
  websocket_client bob(io);
  REQUIRE(ann.connect(server.port(), "/websocket?room=one").accepted());
  REQUIRE(bob.connect(server.port(), "/websocket?room=two").accepted());
  for (websocket_client* client : {&ann, &bob}) {
    REQUIRE(client->next_event(5s).has_value());  // config
    REQUIRE(client->next_event(5s).has_value());  // profile
  }
  server.kill(SIGTERM);
  for (websocket_client* client : {&ann, &bob}) {
    const auto event = client->next_event(5s);
    REQUIRE(event.has_value());
    CHECK(event->show().find("closed with 1001") == 0);
  }
  CHECK(server.wait().code == 0);
}

TEST_CASE("SIGHUP without a certificate to renew changes nothing", "[command_line]") {
  server_process server;
  boost::asio::io_context io;
  websocket_client ann(io);
  REQUIRE(ann.connect(server.port(), "/websocket?room=one").accepted());
  for (int frame = 0; frame < 2; ++frame) REQUIRE(ann.next_event(5s).has_value());
  server.kill(SIGHUP);
  for (int i = 0; i < 20; ++i) {
    ann.send_text(R"({"type":"profile"})");
    const auto profile = ann.next_event(5s);
    REQUIRE(profile.has_value());
    REQUIRE(profile->what == client_event::kind::text);
  }
  CHECK(server.is_running());
  CHECK(server.stop(SIGTERM).code == 0);
}

TEST_CASE("SIGTERM ends the server although a client never answers the goodbye", "[command_line]") {
  server_process server;
  boost::asio::io_context io;
  websocket_client silent(io);
  REQUIRE(silent.connect(server.port(), "/websocket?room=one").accepted());
  CHECK(server.stop(SIGTERM).code == 0);  // nobody runs the client's loop meanwhile
}

}  // namespace innkeeper::testing
