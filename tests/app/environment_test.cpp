#include "app/environment.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace innkeeper::app;

namespace {

const std::vector<std::string> known{
    "INNKEEPER_PORT",         "INNKEEPER_ALLOWED_ORIGINS", "INNKEEPER_MESSAGES_PER_SECOND",
    "INNKEEPER_SIGNING_KEY",  "INNKEEPER_SESSIONS",        "INNKEEPER_TLS_CERT",
    "INNKEEPER_MESSAGE_BYTES"};

/// The sentence on the one variable; empty if there is none.
std::string doubt(const char* variable, const std::vector<std::string>& given = {}) {
  const char* const variables[] = {"PATH=/bin", variable, "HOME=/root", nullptr};
  const auto found = doubts_about(variables, {known, given});
  CHECK(found.size() <= 1);
  return found.empty() ? "" : found.front();
}

}  // namespace

TEST_CASE("a variable whose name is almost a setting's is told, with that name") {
  CHECK(doubt("INNKEEPER_ALLOWED_ORIGIN=https://example.org") ==
        "INNKEEPER_ALLOWED_ORIGIN is set, but no option has such a name; did you mean "
        "INNKEEPER_ALLOWED_ORIGINS?");
  CHECK_THAT(doubt("INNKEEPER_MESSAGE_PER_SECOND=5"),
             Catch::EndsWith("did you mean INNKEEPER_MESSAGES_PER_SECOND?"));
  CHECK_THAT(doubt("INNKEEPER_ORIGINS=x"), Catch::EndsWith("INNKEEPER_ALLOWED_ORIGINS?"));
  CHECK_THAT(doubt("INNKEEPER_PROT=80"), Catch::EndsWith("INNKEEPER_PORT?"));
  CHECK_THAT(doubt("INNKEEPER_port=80"), Catch::EndsWith("INNKEEPER_PORT?"));
}

TEST_CASE("a mistake in the first word is told too") {
  CHECK_THAT(doubt("INKEEPER_PORT=80"), Catch::EndsWith("did you mean INNKEEPER_PORT?"));
  CHECK_THAT(doubt("innkeeper_port=80"), Catch::EndsWith("did you mean INNKEEPER_PORT?"));
  CHECK(doubt("KEEPER=1").empty());
}

TEST_CASE("a variable that is like no setting is told without a guess") {
  CHECK(doubt("INNKEEPER_WALLPAPER_COLOUR=red") ==
        "INNKEEPER_WALLPAPER_COLOUR is set, but no option has such a name");
  CHECK_FALSE(doubt("INNKEEPER_=1").empty());
}

TEST_CASE("of settings, tests' variables and a container's surroundings nothing is said") {
  for (const auto* variable :
       {"INNKEEPER_PORT=80", "INNKEEPER_PORT=", "INNKEEPER_SESSIONS=any", "INNKEEPER_FAILPOINT=x:1",
        "INNKEEPER_SEED=1", "INNKEEPER_SERVICE_HOST=10.0.0.1", "INNKEEPER_SERVICE_PORT_HTTP=80",
        "INNKEEPER_PORT_8080_TCP_ADDR=10.0.0.1", "INNKEEPERS=2", "TERM"}) {
    CHECK(doubt(variable).empty());
  }
}

TEST_CASE("a setting that keeps somebody out and is empty is told") {
  for (const auto* name : {"INNKEEPER_ALLOWED_ORIGINS", "INNKEEPER_SIGNING_KEY",
                           "INNKEEPER_SESSIONS", "INNKEEPER_TLS_CERT"}) {
    for (const auto* value : {"=", "= \t"}) {
      CHECK_THAT(doubt((std::string(name) + value).c_str()),
                 Catch::StartsWith(std::string(name) + " is set, but empty: "));
    }
    CHECK(doubt((std::string(name) + "=").c_str(), {name}).empty());
  }
}
