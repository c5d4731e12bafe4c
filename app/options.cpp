#include "app/options.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "app/entry_lists.hpp"
#include "app/environment.hpp"
#include "app/limit_flags.hpp"
#include "app/quantity.hpp"
#include "app/signing_keys.hpp"
#include "app/version.hpp"

namespace innkeeper::app {
namespace {

constexpr std::size_t port_max = 65535;
constexpr std::size_t loops_max = 256;
constexpr std::size_t help_column = 24;

/// Settings that have no flag of their own.
constexpr const char* signing_key_variable = "INNKEEPER_SIGNING_KEY";
constexpr const char* hibernate_after_ms_variable = "INNKEEPER_HIBERNATE_AFTER_MS";

constexpr const char* description =
    "Innkeeper keeps rooms: durable objects on your own box, as one binary and one SQLite file.";

constexpr const char* serve_footer = R"(
Examples:
  innkeeper serve
  innkeeper serve --bind 0.0.0.0 --port 80 --data /var/lib/innkeeper/rooms.db
  INNKEEPER_SIGNING_KEY=$(openssl rand -hex 32) innkeeper serve --hibernate-after 30s

Then open http://127.0.0.1:8080/ in a browser, or connect a WebSocket client to
ws://127.0.0.1:8080/websocket?room=NAME. Stop with Ctrl-C or SIGTERM: what has been acknowledged is on
disk at any moment, also after kill -9.)";

/// A sentence that says which option is wrong, and why.
using mistake = std::optional<std::string>;

early_exit refuse(const std::string& sentence) {
  return {2, "innkeeper: " + sentence + " (see innkeeper serve --help)"};
}

/// The command line's.
using words_given = std::vector<std::string_view>;

/// The texts that are more than CLI11's own conversions read, or less.
struct raw_texts {
  std::string port = "8080";
  std::string loops = "0";
  std::string hibernate_after = "10s";
  std::string session_ttl = "30d";
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

mistake read_keys(serve_options& options) {
  const auto& file = options.signing_key_file;
  auto keys = file.empty()
                  ? read_signing_keys(environment(signing_key_variable), signing_key_variable)
                  : read_signing_key_file(file);
  if (!keys) return keys.error();
  options.warnings = doubts_about_keys(*keys);
  options.signing_keys = std::move(*keys);
  return std::nullopt;
}

mistake read_lists(serve_options& options) {
  auto origins = read_allowed_origins(options.allowed_origins_given);
  if (!origins) return origins.error();
  options.allowed_origins = std::move(*origins);
  auto proxies = read_trusted_proxies(options.trusted_proxies_given);
  if (!proxies) return proxies.error();
  options.trusted_proxies = std::move(*proxies);
  return std::nullopt;
}

/// `bare_ms` is what a variable whose name has the unit says; empty if it is not set.
mistake read_durations(const raw_texts& raw, const std::string& bare_ms, serve_options& options) {
  const auto idle =
      bare_ms.empty() ? read_duration(raw.hibernate_after) : read_milliseconds(bare_ms);
  if (!idle) {
    const std::string name = bare_ms.empty() ? "--hibernate-after" : hibernate_after_ms_variable;
    return name + ": " + idle.error();
  }
  options.hibernate_after = *idle;
  const auto ttl = read_duration(raw.session_ttl);
  if (!ttl) return "--session-ttl: " + ttl.error();
  options.session_ttl = *ttl;
  return std::nullopt;
}

mistake read_counts(const raw_texts& raw, serve_options& options) {
  const auto port = read_count(raw.port, "port", port_max);
  if (!port && raw.port.starts_with("tcp://")) {
    return "--port: " + port.error() +
           "; Kubernetes sets this variable where there is a service called innkeeper, unless the "
           "pod has enableServiceLinks: false";
  }
  if (!port) return "--port: " + port.error();
  options.port = static_cast<std::uint16_t>(*port);
  const auto loops = read_count(raw.loops, "number of threads", loops_max);
  if (!loops) return "--loops: " + loops.error();
  options.loops = *loops;
  return std::nullopt;
}

/// CLI11 takes any number for a switch too, octal ones among them.
std::string switch_fault(const std::string& text) {
  constexpr std::array<std::string_view, 8> words{"true", "false", "on", "off",
                                                  "yes",  "no",    "1",  "0"};
  if (std::ranges::find(words, CLI::detail::to_lower(text)) != words.end()) return {};
  return "'" + text + "' is no switch; write true or false";
}

void add_serve_flags(CLI::App& serve, serve_options& options, raw_texts& raw) {
  serve.add_option("--port", raw.port, "TCP port to listen on; 0 takes any free one")
      ->envname("INNKEEPER_PORT")
      ->type_name("PORT")
      ->capture_default_str();
  serve.add_option("--bind", options.bind, "IP address to listen on; 0.0.0.0 or :: for all")
      ->envname("INNKEEPER_BIND")
      ->type_name("ADDRESS")
      ->capture_default_str();
  serve.add_option("--data", options.data, "the SQLite file; made if it is not there")
      ->envname("INNKEEPER_DATA")
      ->type_name("FILE")
      ->capture_default_str();
  serve
      .add_option(
          "--signing-key-file", options.signing_key_file,
          "holds keys of 16 bytes or more, one a line, that admins' keys are made from: the "
          "first is the present one, the others still count; SIGHUP reads it again; "
          "INNKEEPER_SIGNING_KEY may hold the keys themselves; without one admin login is off")
      ->envname("INNKEEPER_SIGNING_KEY_FILE")
      ->type_name("FILE");
  serve
      .add_option("--hibernate-after", raw.hibernate_after,
                  "a room without messages for this long (500ms, 10s, 5m, 1h) leaves memory; its "
                  "sockets stay open; INNKEEPER_HIBERNATE_AFTER_MS takes bare milliseconds")
      ->envname("INNKEEPER_HIBERNATE_AFTER")
      ->type_name("DURATION")
      ->capture_default_str();
  serve
      .add_option("--session-ttl", raw.session_ttl,
                  "a session unseen for this long is forgotten; its votes stay counted")
      ->envname("INNKEEPER_SESSION_TTL")
      ->type_name("DURATION")
      ->capture_default_str();
  serve
      .add_option("--loops", raw.loops, "threads that run sockets and rooms; 0 means one per core")
      ->envname("INNKEEPER_LOOPS")
      ->type_name("COUNT")
      ->capture_default_str();
  serve
      .add_option("--io-uring", options.io_uring,
                  "write to many sockets by one call, and read from many, if the kernel allows it")
      ->envname("INNKEEPER_IO_URING")
      ->check(switch_fault)
      ->type_name("BOOL")
      ->capture_default_str();
  serve
      .add_flag("--deflate", options.deflate,
                "pack messages of 64 bytes to 64 KiB for clients that offer permessage-deflate: "
                "fewer bytes for more processor time")
      ->envname("INNKEEPER_DEFLATE")
      ->check(switch_fault);
  // In no group: for tests of the WebSocket protocol, not for operators.
  serve.add_flag("--test-echo", options.test_echo, "")->group("");
  serve.add_option("--log-level", options.log_level, "debug, info, warn, error or off")
      ->envname("INNKEEPER_LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->type_name("LEVEL")
      ->capture_default_str();
}

void add_entrance_flags(CLI::App& serve, serve_options& options) {
  constexpr const char* group = "Who gets in";
  serve
      .add_option("--allowed-origins", options.allowed_origins_given,
                  "sites, like https://example.org or capacitor://localhost, whose pages may "
                  "connect and use cookies; others get 403. @FILE reads them from a file, one a "
                  "line, and again on SIGHUP. Without it pages of any site may connect, without "
                  "cookies")
      ->envname("INNKEEPER_ALLOWED_ORIGINS")
      ->type_name("ORIGIN,...")
      ->group(group);
  serve
      .add_option("--trusted-proxies", options.trusted_proxies_given,
                  "networks, like 10.0.0.0/8, whose X-Forwarded-For, X-Forwarded-Proto and "
                  "Cloudflare headers are believed; @FILE as for --allowed-origins")
      ->envname("INNKEEPER_TRUSTED_PROXIES")
      ->type_name("CIDR,...")
      ->group(group);
  serve
      .add_option("--sessions", options.sessions,
                  "which session ids are taken from clients: any, known (to the room), or signed "
                  "(by this server; needs a signing key); others get a new one")
      ->envname("INNKEEPER_SESSIONS")
      ->check(CLI::IsMember({"any", "known", "signed"}))
      ->type_name("RULE")
      ->capture_default_str()
      ->group(group);
  serve
      .add_option("--tls-cert", options.tls_cert,
                  "certificate chain in PEM: only TLS is spoken then; SIGHUP reads it again")
      ->envname("INNKEEPER_TLS_CERT")
      ->type_name("FILE")
      ->group(group);
  serve.add_option("--tls-key", options.tls_key, "the certificate's key in PEM")
      ->envname("INNKEEPER_TLS_KEY")
      ->type_name("FILE")
      ->group(group);
  serve
      .add_option("--geoip", options.geoip,
                  "database in MaxMind's format: where clients are, for their connectionDetails; "
                  "replace it by renaming another, as geoipupdate does")
      ->envname("INNKEEPER_GEOIP")
      ->type_name("FILE")
      ->group(group);
}

/// What only makes sense together.
mistake contradiction(const serve_options& options) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return "--tls-cert and --tls-key: give both or none";
  }
  if (options.sessions == "signed" && options.signing_keys.empty()) {
    return "--sessions signed needs a signing key (--signing-key-file)";
  }
  return std::nullopt;
}

/// An option that is given, but as an empty text or list: it would count as not given. CLI11 takes
/// the word behind "--name=" for its value, and the list "[]" for no value at all.
mistake given_empty(const CLI::App& serve, const words_given& words) {
  for (const auto* option : serve.get_options()) {
    const auto name = option->get_name();
    if (name.empty() || option->get_items_expected_max() == 0) continue;
    const bool assigned_nothing = std::ranges::find(words, name + "=") != words.end();
    const auto& values = option->results();
    const bool lost = values.empty() && !environment(option->get_envname().c_str()).empty();
    if (assigned_nothing || lost || std::ranges::find(values, "") != values.end()) {
      return name + ": it is given, but empty; write a value, or leave it out";
    }
  }
  return std::nullopt;
}

setting_names names_of_settings(const CLI::App& serve) {
  setting_names names{{signing_key_variable, hibernate_after_ms_variable}, {}};
  for (const auto* option : serve.get_options()) {
    const auto name = option->get_envname();
    if (name.empty()) continue;
    names.known.push_back(name);
    if (option->count() > 0) names.given.push_back(name);
  }
  return names;
}

/// What CLI11 has left as text or cannot judge.
mistake settle(const CLI::App& serve, const raw_texts& raw, serve_options& options) {
  if (auto fault = read_counts(raw, options)) return fault;
  const bool given = serve.count("--hibernate-after") > 0;
  const auto bare_ms = given ? std::string() : environment(hibernate_after_ms_variable);
  if (auto fault = read_durations(raw, bare_ms, options)) return fault;
  if (auto fault = read_keys(options)) return fault;
  if (auto fault = read_lists(options)) return fault;
  return contradiction(options);
}

/// Names the variable besides its option, if that is where a wrong value comes from, and doubtful
/// variables too: a misspelt one may be why something is missing.
early_exit refuse(std::string sentence, const CLI::App& serve, const words_given& words) {
  for (const auto* option : serve.get_options()) {
    const auto name = option->get_name();
    const auto variable = option->get_envname();
    if (!sentence.starts_with(name + ": ") || environment(variable.c_str()).empty()) continue;
    const bool on_command_line = std::ranges::any_of(
        words, [&](std::string_view word) { return word == name || word.starts_with(name + "="); });
    if (!on_command_line) sentence.insert(name.size(), " (" + variable + ")");
    break;
  }
  for (const auto& doubt : doubts_about(environ, names_of_settings(serve))) {
    sentence += "; " + doubt;
  }
  return refuse(sentence);
}

}  // namespace

std::variant<early_exit, serve_options> read_options(int argc, const char* const* argv) {
  serve_options options;
  raw_texts raw;
  const words_given words(argv, argv + argc);
  CLI::App program(description, "innkeeper");
  program.set_version_flag("--version", std::string("innkeeper ") + version);
  program.require_subcommand(0, 1);
  program.get_formatter()->column_width(help_column);
  auto* serve = program.add_subcommand("serve", "Run the server");
  serve->footer(serve_footer);
  add_serve_flags(*serve, options, raw);
  add_entrance_flags(*serve, options);
  add_limit_flags(*serve, options.bounds);
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return early_exit{0, program.help()};
  } catch (const CLI::CallForVersion&) {
    return early_exit{0, std::string("innkeeper ") + version};
  } catch (const CLI::ParseError& error) {
    return refuse(error.what(), *serve, words);
  }
  if (!program.got_subcommand(serve)) return refuse("say what to do: innkeeper serve");
  if (auto fault = given_empty(*serve, words)) return refuse(*fault, *serve, words);
  if (auto fault = settle(*serve, raw, options)) return refuse(*fault, *serve, words);
  const auto doubts = doubts_about(environ, names_of_settings(*serve));
  options.warnings.insert(options.warnings.end(), doubts.begin(), doubts.end());
  // Suites of tests open their connections one after the other, as fast as they are answered.
  auto& connects = options.bounds.address_connects;
  if (options.test_echo && connects == proto::limits().address_connects) connects = 0;
  return options;
}

}  // namespace innkeeper::app
