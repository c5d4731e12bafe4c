#include "app/options.hpp"

#include <CLI/CLI.hpp>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "app/limit_flags.hpp"
#include "app/version.hpp"
#include "transport/address.hpp"

namespace innkeeper::app {
namespace {

constexpr std::size_t signing_key_bytes_min = 16;
constexpr std::size_t loops_max = 256;
constexpr std::size_t help_column = 24;

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

/// "10s", "500ms", "2m", "1h", "30d": more than nothing and at most 10 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t years_10_in_ms = std::int64_t{3650} * 24 * 3600 * 1000;
  if (error != std::errc{} || number <= 0 || number > years_10_in_ms) return std::nullopt;
  const std::string_view name(unit, static_cast<std::size_t>(text.data() + text.size() - unit));
  std::int64_t factor = 0;
  if (name == "ms") factor = 1;
  if (name == "s") factor = 1000;
  if (name == "m") factor = 60'000;
  if (name == "h") factor = 3'600'000;
  if (name == "d") factor = 86'400'000;
  if (factor == 0 || number * factor > years_10_in_ms) return std::nullopt;
  return std::chrono::milliseconds(number * factor);
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.pop_back();
  return text;
}

early_exit mistake(const std::string& sentence) {
  return {2, "innkeeper: " + sentence + " (see innkeeper serve --help)"};
}

/// One key in each line that is not empty.
std::optional<early_exit> read_signing_keys(const std::string& file, std::string text,
                                            serve_options& options) {
  if (!file.empty()) {
    std::ifstream opened(file, std::ios::binary);
    if (!opened) return mistake("--signing-key-file: cannot read '" + file + "'");
    text.assign(std::istreambuf_iterator<char>(opened), {});
    if (trimmed(text).empty()) return mistake("--signing-key-file: '" + file + "' is empty");
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    auto key = trimmed(line);
    if (key.empty()) continue;
    if (key.size() < signing_key_bytes_min) {
      return mistake("the signing key has " + std::to_string(key.size()) +
                     " bytes and needs at least 16; make one with: openssl rand -hex 32");
    }
    options.signing_keys.push_back(std::move(key));
  }
  return std::nullopt;
}

std::string no_duration(const std::string& name, const std::string& text) {
  return name + ": '" + text + "' is no duration; write one like 500ms, 10s, 5m, 1h or 30d";
}

/// `bare_ms` is what a variable whose name has the unit says; empty if it is not set.
std::optional<early_exit> read_hibernate_after(const std::string& text, const std::string& bare_ms,
                                               serve_options& options) {
  const auto duration = parse_duration(bare_ms.empty() ? text : bare_ms + "ms");
  if (!duration && !bare_ms.empty()) {
    return mistake("INNKEEPER_HIBERNATE_AFTER_MS: '" + bare_ms + "' is no number of milliseconds");
  }
  if (!duration) return mistake(no_duration("--hibernate-after", text));
  options.hibernate_after = *duration;
  return std::nullopt;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// The raw texts that need more than CLI11's own conversion.
struct raw_texts {
  int port = 8080;
  std::string hibernate_after = "10s";
  std::string session_ttl = "30d";
  std::string signing_key_file;
};

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
          "--signing-key-file", raw.signing_key_file,
          "holds keys of 16 bytes or more, one a line, that admins' keys are made from: the "
          "first is the present one, the others still count; INNKEEPER_SIGNING_KEY may "
          "hold the keys themselves; without one admin login is off")
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
      .add_option("--loops", options.loops,
                  "threads that run sockets and rooms; 0 means one per core")
      ->envname("INNKEEPER_LOOPS")
      ->check(CLI::Range(std::size_t{0}, loops_max))
      ->type_name("COUNT")
      ->capture_default_str();
  serve
      .add_option("--io-uring", options.io_uring,
                  "write to many sockets by one call, and read from many, if the kernel allows it")
      ->envname("INNKEEPER_IO_URING")
      ->type_name("BOOL")
      ->capture_default_str();
  serve
      .add_flag("--deflate", options.deflate,
                "pack messages of 64 bytes to 64 KiB for clients that offer permessage-deflate: "
                "fewer bytes for more processor time")
      ->envname("INNKEEPER_DEFLATE");
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
      .add_option("--allowed-origins", options.allowed_origins,
                  "sites, like https://example.org, whose pages may connect and use cookies; "
                  "others get 403. Without it pages of any site may connect, without cookies")
      ->envname("INNKEEPER_ALLOWED_ORIGINS")
      ->type_name("ORIGIN,...")
      ->delimiter(',')
      ->group(group);
  serve
      .add_option("--trusted-proxies", options.trusted_proxies,
                  "networks, like 10.0.0.0/8, whose X-Forwarded-For, X-Forwarded-Proto and "
                  "Cloudflare headers are believed")
      ->envname("INNKEEPER_TRUSTED_PROXIES")
      ->type_name("CIDR,...")
      ->delimiter(',')
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
std::optional<early_exit> contradiction(const serve_options& options) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return mistake("--tls-cert and --tls-key: give both or none");
  }
  if (options.sessions == "signed" && options.signing_keys.empty()) {
    return mistake("--sessions signed needs a signing key (--signing-key-file)");
  }
  transport::address_set proxies;
  for (const auto& each : options.trusted_proxies) {
    if (!proxies.add(each)) {
      return mistake("--trusted-proxies: '" + each +
                     "' is no network; give one like 10.0.0.0/8, fd00::/8 or 127.0.0.1");
    }
  }
  for (const auto& each : options.allowed_origins) {
    const bool has_scheme = each.starts_with("https://") || each.starts_with("http://");
    if (!has_scheme || each.find('/', each.find("//") + 2) != std::string::npos) {
      return mistake("--allowed-origins: '" + each +
                     "' is no origin; give one like https://example.org, without a path");
    }
  }
  return std::nullopt;
}

}  // namespace

std::variant<early_exit, serve_options> read_options(int argc, const char* const* argv) {
  serve_options options;
  raw_texts raw;
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
    return mistake(error.what());
  }
  if (!program.got_subcommand(serve)) return mistake("say what to do: innkeeper serve");
  constexpr int port_max = 65535;
  if (raw.port < 0 || raw.port > port_max) {
    return mistake("--port: " + std::to_string(raw.port) + " is no port; give one from 0 to 65535");
  }
  options.port = static_cast<std::uint16_t>(raw.port);
  const bool given = serve->count("--hibernate-after") > 0;
  const auto bare_ms = given ? std::string() : environment("INNKEEPER_HIBERNATE_AFTER_MS");
  if (auto fault = read_hibernate_after(raw.hibernate_after, bare_ms, options)) return *fault;
  const auto ttl = parse_duration(raw.session_ttl);
  if (!ttl) return mistake(no_duration("--session-ttl", raw.session_ttl));
  options.session_ttl = *ttl;
  auto key = environment("INNKEEPER_SIGNING_KEY");
  if (auto fault = read_signing_keys(raw.signing_key_file, std::move(key), options)) return *fault;
  if (auto fault = contradiction(options)) return *fault;
  // Suites of tests open their connections one after the other, as fast as they are answered.
  auto& connects = options.bounds.address_connects;
  if (options.test_echo && connects == proto::limits().address_connects) connects = 0;
  return options;
}

}  // namespace innkeeper::app
