// Plays every example of docs/protocol.md against the real server, and checks that each message
// that the server knows has one. The page itself explains the notation. Each example has a server
// of its own.
#include <algorithm>
#include <chrono>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/core/demangle.hpp>
#include <catch2/catch.hpp>

#include "actors/room/client_message.hpp"
#include "actors/room/server_message.hpp"
#include "proto/ascii.hpp"
#include "proto/close_codes.hpp"
#include "tests/e2e/json_match.hpp"
#include "tests/e2e/percent_coding.hpp"
#include "tests/support/digest.hpp"
#include "tests/support/event_pump.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using result = std::optional<std::string>;

constexpr auto answer_time_max = 40s;  // a ping comes after 25 s
constexpr auto quiet = 60ms;
constexpr const char* room = "lobby";
constexpr const char* signing_key = "the signing key of the examples";
constexpr const char* wildcard = "…";

// ---- the page

struct line {
  std::string client;
  bool is_sent = false;
  std::string text;
};

struct example {
  /// Where it stands in the page, and under which heading.
  std::string place;
  std::vector<std::string> flags;
  std::vector<line> lines;
};

const std::string& page() {
  static const std::string text = [] {
    std::ifstream file(INNKEEPER_PROTOCOL_DOCUMENT);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

void read_line(const std::string& text, example& into) {
  static const std::regex spoken(R"((?:(\w+) )?([<>]) (.*))");
  constexpr std::string_view prompt = "$ innkeeper serve ";
  std::smatch parts;
  if (text.starts_with(prompt)) {
    std::istringstream words(text.substr(prompt.size()));
    into.flags.assign(std::istream_iterator<std::string>(words), {});
  } else if (std::regex_match(text, parts, spoken)) {
    into.lines.push_back({parts[1], parts[2] == ">", parts[3]});
  } else {
    throw std::runtime_error(into.place + ": this line is in no notation: " + text);
  }
}

std::vector<example> examples() {
  std::vector<example> found;
  std::istringstream all(page());
  std::string heading;
  bool inside = false;
  int number = 0;
  for (std::string text; std::getline(all, text);) {
    ++number;
    if (inside) {
      inside = text != "```";
      if (inside) read_line(text, found.back());
    } else if (text == "```conversation") {
      inside = true;
      found.push_back({"line " + std::to_string(number) + " (" + heading + ")", {}, {}});
    } else if (text.starts_with("#")) {
      heading = text.substr(text.find(' ') + 1);
    }
  }
  return found;
}

// ---- placeholders

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// A regular expression for a text in which wildcards stand for anything.
std::string pattern_of(const std::string& text) {
  static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
  return "^" + replaced(std::regex_replace(text, special, R"(\$&)"), wildcard, "[^]*") + "$";
}

bool fits(const std::string& want, const std::string& got) {
  return std::regex_search(got, std::regex(pattern_of(want)));
}

/// In the forms of json_match.hpp.
exact_json with_forms(exact_json want) {
  if (want.is_string() && want.get<std::string>().find(wildcard) != std::string::npos) {
    return "~like " + pattern_of(want);
  }
  if (want.is_structured()) {
    for (auto& each : want) each = with_forms(each);
  }
  return want;
}

result frame_difference(const std::string& want, const std::string& got) {
  const auto wanted = parse_exact(replaced(want, "<number>", R"("~number")"));
  const auto frame = parse_exact(got);
  if (!wanted) return "the example is no JSON: " + want;
  if (!frame) return "expected JSON, got " + got;
  return difference(with_forms(*wanted), *frame, {});
}

/// With a time that no message has had before: a key counts for the session that used it first.
std::string with_key(const std::string& text) {
  static std::int64_t last_ms = 0;
  if (text.find("<now>") == std::string::npos) return text;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  last_ms = std::max<std::int64_t>(
      last_ms + 1, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  const auto time = std::to_string(last_ms);
  return replaced(replaced(text, "<now>", time), "<key>", sha256_hex(room + time + signing_key));
}

// ---- the player

struct client {
  std::unique_ptr<websocket_client> socket;
  /// The head of the last answer by HTTP, an upgrade's too.
  http_answer answer;
  /// It came while something else was awaited.
  std::deque<client_event> early;
  bool is_open = false;
};

class player {
 public:
  explicit player(const example& what)
      : what_(what), server_({.signing_key = signing_key, .arguments = what.flags}) {}

  /// Nothing if all went as the page says.
  result play() {
    for (const auto& each : what_.lines) {
      if (!clients_.contains(each.client)) enter(each);
    }
    for (std::size_t i = 0; i < what_.lines.size(); ++i) {
      const auto& each = what_.lines[i];
      const bool is_answered = i + 1 < what_.lines.size() && !what_.lines[i + 1].is_sent &&
                               what_.lines[i + 1].client == each.client;
      const auto failure = each.is_sent ? send(each, is_answered) : hear(each);
      if (failure) return each.text + "\n  " + *failure;
    }
    return further_event();
  }

 private:
  void enter(const line& first) {
    auto& who = clients_[first.client];
    if (first.text.starts_with("GET ")) return;
    connect(who, std::string("/websocket?room=") + room);
    for (int frames = 0; frames < 2; ++frames) next_event(who);
  }

  void connect(client& who, const std::string& target) {
    who.socket = std::make_unique<websocket_client>(io_, true);
    const auto answer = who.socket->connect(server_.port(), target);
    who.answer = {answer.status, answer.headers, answer.body};
    who.is_open = answer.accepted();
  }

  result send(const line& said, bool is_answered) {
    auto& who = clients_.at(said.client);
    const auto rest = [&](std::string_view word) { return said.text.substr(word.size()); };
    if (said.text.starts_with("GET /websocket")) {
      connect(who, rest("GET "));
    } else if (said.text.starts_with("GET ")) {
      who.answer = fetch(server_.port(), {.target = rest("GET ")});
    } else if (said.text.starts_with("close ")) {
      who.socket->close(static_cast<std::uint16_t>(std::stoi(rest("close "))));
    } else if (said.text.starts_with("binary ")) {
      who.socket->send_binary(bytes_of_hex(replaced(rest("binary "), " ", "")));
    } else {
      who.socket->send_text(with_key(said.text));
      if (!is_answered) return settle(who);
    }
    return {};
  }

  /// Others are to see what the message has done: waits for the answer to a question behind it.
  result settle(client& who) {
    who.socket->send_text(R"({"type":"profile"})");
    while (auto event = who.socket->next_event(answer_time_max)) {
      if (event->payload.starts_with(R"({"type":"profile")")) return {};
      who.early.push_back(std::move(*event));
    }
    return "the server has stopped answering";
  }

  result hear(const line& heard) {
    static const std::regex status("[0-9]{3}");
    static const std::regex field("([A-Z][A-Za-z-]+): (.*)");
    auto& who = clients_.at(heard.client);
    std::smatch parts;
    if (std::regex_match(heard.text, status)) {
      const auto got = std::to_string(who.answer.status);
      return got == heard.text ? result() : "got " + got + " " + who.answer.body;
    }
    if (std::regex_match(heard.text, parts, field)) {
      const auto got = who.answer.header(proto::lower(parts[1].str()));
      return fits(parts[2], got) ? result() : "got '" + got + "'";
    }
    return who.is_open ? event_difference(heard.text, next_event(who))
                       : body_difference(heard.text, who.answer.body);
  }

  static result body_difference(const std::string& want, const std::string& got) {
    if (want.starts_with('{')) return frame_difference(want, got);
    const bool same = fits(want, got.ends_with('\n') ? got.substr(0, got.size() - 1) : got);
    return same ? result() : "got " + got;
  }

  static result event_difference(const std::string& want, const std::optional<client_event>& got) {
    if (!got) return "nothing came";
    using kind = client_event::kind;
    if (got->what == kind::closed) {
      const auto code = "close " + std::to_string(got->code);
      const bool same = want == code || fits(want, code + " " + got->payload);
      return same ? result() : "got " + got->show();
    }
    const bool type_is_first = got->payload.starts_with(R"({"type":)");
    if (got->what != kind::text || !type_is_first) return "got " + got->show();
    return frame_difference(want, got->payload);
  }

  std::optional<client_event> next_event(client& who) {
    if (who.early.empty()) return who.socket->next_event(answer_time_max);
    auto event = std::move(who.early.front());
    who.early.pop_front();
    return event;
  }

  /// The server sends nothing that the page does not show.
  result further_event() {
    pump_until(io_, after(quiet), [] { return false; });
    for (auto& [name, who] : clients_) {
      if (!who.is_open || (who.early.empty() && who.socket->events().empty())) continue;
      return "not expected: " + next_event(who)->show();
    }
    return {};
  }

  const example& what_;
  boost::asio::io_context io_;
  server_process server_;
  std::map<std::string, client> clients_;
};

// ---- what the server knows

template <class T>
std::string name_of() {
  return boost::core::demangle(typeid(T).name());
}

/// Each kind of message that parsing tells apart; votes are of two types.
template <std::size_t... I>
std::set<std::string> known_messages(std::index_sequence<I...>) {
  std::set<std::string> names{name_of<std::variant_alternative_t<I, room::message_body>>()...};
  names.insert("an ephemeral " + name_of<room::vote_message>());
  return names;
}

std::string kind_of(const room::client_message& message) {
  const auto* vote = std::get_if<room::vote_message>(&message.body);
  if (vote != nullptr && vote->ephemeral) return "an ephemeral " + name_of<room::vote_message>();
  return std::visit([]<class Body>(const Body&) { return name_of<Body>(); }, message.body);
}

/// A new code does not compile until it stands here.
bool is_code(proto::error_code code) {
  using enum proto::error_code;
  switch (code) {
    case malformed:
    case binary:
    case bad_data:
    case forbidden:
    case wrong_key:
    case key_used:
    case wrong_timestamp:
    case admin_off:
    case limit:
    case rate_limited:
    case storage_full:
      return true;
  }
  return false;
}

bool page_has(const std::string& text) {
  return page().find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("each example of docs/protocol.md is what the server does", "[document]") {
  const auto all = examples();
  CHECK(all.size() > 20);
  for (const auto& each : all) {
    INFO("docs/protocol.md, " << each.place);
    const auto failure = player(each).play();
    INFO(failure.value_or(""));
    CHECK_FALSE(failure.has_value());
  }
}

TEST_CASE("docs/protocol.md has an example of each message that clients may send", "[document]") {
  constexpr auto count = std::variant_size_v<room::message_body>;
  auto missing = known_messages(std::make_index_sequence<count>());
  for (const auto& each : examples()) {
    for (const auto& said : each.lines) {
      if (!said.is_sent) continue;
      const auto parsed = room::parse_client_message(with_key(said.text), proto::limits());
      const auto* message = std::get_if<room::client_message>(&parsed);
      if (message != nullptr) missing.erase(kind_of(*message));
    }
  }
  CHECK(missing == std::set<std::string>());
}

TEST_CASE("docs/protocol.md has an example of each message that the server sends", "[document]") {
  std::set<std::string> missing{"config",  "profile", "chat",  "poll", "ephemeralPoll",
                                "counter", "relay:",  "error", "ping"};
  for (const auto& each : examples()) {
    for (const auto& heard : each.lines) {
      if (heard.is_sent) continue;
      std::erase_if(missing, [&](const std::string& type) {
        const auto begin = R"({"type":")" + type;
        return heard.text.starts_with(type.ends_with(':') ? begin : begin + '"');
      });
    }
  }
  CHECK(missing == std::set<std::string>());
}

TEST_CASE("docs/protocol.md has a row for each error code and each close code", "[document]") {
  for (int i = 0; is_code(static_cast<proto::error_code>(i)); ++i) {
    const std::string word(proto::code_word(static_cast<proto::error_code>(i)));
    INFO(word);
    CHECK(page_has("\n| `" + word + "` |"));
  }
  for (const auto& each : proto::close_code::table) {
    INFO(each.name);
    auto row = "\n| " + std::to_string(each.code) + " |";
    if (!each.default_reason.empty()) row += " `" + std::string(each.default_reason) + "` |";
    CHECK(page_has(row));
  }
}

TEST_CASE("docs/protocol.md shows a right admin key to check others by", "[document]") {
  CHECK(page_has(sha256_hex(std::string(room) + "1767225600000" + signing_key)));
}

}  // namespace innkeeper::testing
