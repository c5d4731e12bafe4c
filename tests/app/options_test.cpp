#include "app/options.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <string>
#include <variant>
#include <vector>

using namespace innkeeper::app;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string>;
using outcome = std::variant<early_exit, serve_options>;

/// Reads `innkeeper serve WORDS...` with these variables set.
outcome read(std::vector<std::string> words, const variables& set = {}) {
  words.insert(words.begin(), {"innkeeper", "serve"});
  std::vector<const char*> argv;
  argv.reserve(words.size());
  for (const auto& word : words) argv.push_back(word.c_str());
  for (const auto& [name, value] : set) ::setenv(name.c_str(), value.c_str(), 1);
  auto options = read_options(static_cast<int>(argv.size()), argv.data());
  for (const auto& [name, value] : set) ::unsetenv(name.c_str());
  return options;
}

serve_options taken(const outcome& read) {
  const auto* exit = std::get_if<early_exit>(&read);
  if (exit != nullptr) FAIL(exit->text);
  return std::get<serve_options>(read);
}

std::string refusal(const outcome& read) {
  const auto* exit = std::get_if<early_exit>(&read);
  if (exit == nullptr) return "taken";
  CHECK(exit->code == 2);
  CHECK(exit->text.find('\n') == std::string::npos);
  return exit->text;
}

}  // namespace

TEST_CASE("numbers on the command line and in variables are decimal") {
  CHECK(taken(read({"--port", "08080"})).port == 8080);
  CHECK(taken(read({"--port=010"})).port == 10);
  CHECK(taken(read({}, {{"INNKEEPER_PORT", "00080"}})).port == 80);
  CHECK(taken(read({"--loops", "010"})).loops == 10);
  CHECK(taken(read({}, {{"INNKEEPER_LOOPS", "010"}})).loops == 10);
  CHECK(taken(read({"--message-bytes", "02000"})).bounds.message_bytes == 2000);
  CHECK(taken(read({}, {{"INNKEEPER_MESSAGES_BURST", "010"}})).bounds.messages_burst == 10);
}

TEST_CASE("what is no decimal number is refused by its option's name") {
  const auto* text = GENERATE("0x1F90", "1e3", "+80", "80 80", "8080,", "eighty", "-1");
  for (const auto* option : {"--port", "--loops", "--message-bytes", "--stall-ms", "--polls"}) {
    CHECK_THAT(refusal(read({option, text})),
               Catch::StartsWith("innkeeper: " + std::string(option) + ": '" + text + "' is no "));
  }
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_PORT", text}})),
             Catch::Contains("--port (INNKEEPER_PORT): '"));
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_POLLS", text}})), Catch::Contains("--polls"));
}

TEST_CASE("limits are taken as the help writes them") {
  const auto bounds =
      taken(read({"--message-bytes", "64 KiB", "--stall-ms=5 s", "--polls", "none"},
                 {{"INNKEEPER_HEADER_BYTES", "1MiB"}, {"INNKEEPER_HANDSHAKE_MS", "500 ms"}}))
          .bounds;
  CHECK(bounds.message_bytes == std::size_t{64} << 10);
  CHECK(bounds.stall_ms == 5000);
  CHECK(bounds.polls == 0);
  CHECK(bounds.header_bytes == std::size_t{1} << 20);
  CHECK(bounds.handshake_ms == 500);
  const auto words = refusal(read({"--message-bytes", "1MB"}));
  CHECK_THAT(words, Catch::Contains("number of bytes") && Catch::Contains("units"));
}

TEST_CASE("durations are taken with a unit, and bare where the name has it") {
  CHECK(taken(read({"--session-ttl", "365d"})).session_ttl == 24h * 365);
  CHECK(taken(read({"--hibernate-after", "5 m"})).hibernate_after == 5min);
  CHECK(taken(read({}, {{"INNKEEPER_HIBERNATE_AFTER_MS", "05000"}})).hibernate_after == 5s);
  CHECK(taken(read({}, {{"INNKEEPER_HIBERNATE_AFTER_MS", "5s"}})).hibernate_after == 5s);
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_HIBERNATE_AFTER_MS", "5x"}})),
             Catch::Contains("or a duration like 5s"));
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_HIBERNATE_AFTER_MS", "0x10"}})),
             Catch::Contains("INNKEEPER_HIBERNATE_AFTER_MS: '0x10' is no number"));
  CHECK_THAT(refusal(read({"--session-ttl", "30"})), Catch::Contains("is no duration"));
}

TEST_CASE("an option that is given but empty is refused, whatever it is") {
  for (const auto* option : {"--allowed-origins", "--trusted-proxies", "--signing-key-file",
                             "--tls-cert", "--tls-key", "--sessions", "--geoip", "--data"}) {
    CHECK_THAT(refusal(read({option, ""})), Catch::Contains(option));
    CHECK_THAT(refusal(read({std::string(option) + "="})), Catch::Contains(option));
  }
  CHECK_THAT(refusal(read({"--allowed-origins", "[]"})), Catch::Contains("--allowed-origins"));
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_ALLOWED_ORIGINS", "[]"}})),
             Catch::Contains("(INNKEEPER_ALLOWED_ORIGINS): it is given, but empty"));
  CHECK_THAT(refusal(read({"--allowed-origins=", "https://example.org"})),
             Catch::Contains("empty"));
}

TEST_CASE("a protective variable that is empty, and one that is misspelt, are told in the log") {
  CHECK(taken(read({})).warnings.empty());
  for (const auto* name : {"ALLOWED_ORIGINS", "TRUSTED_PROXIES", "SIGNING_KEY", "SIGNING_KEY_FILE",
                           "SESSIONS", "TLS_CERT", "TLS_KEY"}) {
    const auto variable = "INNKEEPER_" + std::string(name);
    const auto warnings = taken(read({}, {{variable, ""}})).warnings;
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings.front(), Catch::StartsWith(variable + " is set, but empty"));
  }
  CHECK(taken(read({"--sessions", "known"}, {{"INNKEEPER_SESSIONS", ""}})).warnings.empty());
  const auto warnings = taken(read({}, {{"INNKEEPER_MESSAGE_PER_SECOND", "5"}})).warnings;
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings.front(), Catch::EndsWith("did you mean INNKEEPER_MESSAGES_PER_SECOND?"));
  CHECK(taken(read({}, {{"INNKEEPER_SIGNING_KEY", "0123456789abcdef"},
                        {"INNKEEPER_HIBERNATE_AFTER_MS", "5000"},
                        {"INNKEEPER_DEFLATE", "true"},
                        {"INNKEEPER_FAILPOINT", "x:1"}}))
            .warnings.empty());
}

TEST_CASE("what other programs set or leave in variables is told") {
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_PORT", "tcp://10.0.0.1:8080"}})),
             Catch::Contains("--port (INNKEEPER_PORT)") && Catch::Contains("Kubernetes"));
  const auto quoted = taken(read({}, {{"INNKEEPER_SIGNING_KEY", "\"0123456789abcdef\""}}));
  REQUIRE(quoted.warnings.size() == 1);
  CHECK_THAT(quoted.warnings.front(), Catch::Contains("quotation marks"));
  CHECK(quoted.warnings.front().find("0123") == std::string::npos);
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_ALLOWED_ORIGINS", "\"https://a.example\""}})),
             Catch::Contains("quotation marks"));
}

TEST_CASE("a refusal names the variable that is misspelt, for it may be why") {
  CHECK_THAT(refusal(read({"--sessions", "signed"}, {{"INNKEEPER_SIGNING_KEYS", "0123"}})),
             Catch::Contains("needs a signing key") &&
                 Catch::Contains("did you mean INNKEEPER_SIGNING_KEY?"));
}

TEST_CASE("a switch is true or false, in a few words") {
  CHECK_FALSE(taken(read({"--io-uring", "Off"})).io_uring);
  CHECK_FALSE(taken(read({}, {{"INNKEEPER_IO_URING", "0"}})).io_uring);
  CHECK(taken(read({"--deflate"})).deflate);
  CHECK(taken(read({}, {{"INNKEEPER_DEFLATE", "yes"}})).deflate);
  CHECK_FALSE(taken(read({}, {{"INNKEEPER_DEFLATE", "false"}})).deflate);
  for (const auto* text : {"maybe", "2", "010"}) {
    CHECK_THAT(refusal(read({}, {{"INNKEEPER_DEFLATE", text}})),
               Catch::Contains("is no switch; write true or false"));
    CHECK_THAT(refusal(read({"--io-uring", text})), Catch::Contains("is no switch"));
  }
}

TEST_CASE("origins are kept as they are given and as browsers send them") {
  const auto options = taken(read({"--allowed-origins", "https://a.example:443,tauri://localhost",
                                   "--trusted-proxies", "10.0.0.0/8"}));
  CHECK(options.allowed_origins ==
        std::vector<std::string>{"https://a.example", "tauri://localhost"});
  CHECK(options.allowed_origins_given ==
        std::vector<std::string>{"https://a.example:443,tauri://localhost"});
  CHECK_FALSE(options.trusted_proxies.empty());
  CHECK_THAT(refusal(read({}, {{"INNKEEPER_ALLOWED_ORIGINS", "https://a.example/"}})),
             Catch::Contains("write https://a.example"));
}
