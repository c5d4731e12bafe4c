// The actions of a conversation; stage.cpp has what happens around each of them.
#include "tests/e2e/scenario_runner.hpp"

#include <csignal>
#include <regex>
#include <stdexcept>

#include "tests/e2e/percent_coding.hpp"
#include "tests/e2e/transcript_check.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/digest.hpp"
#include "tests/support/event_pump.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto page_time_max = 2s;  // a socket that has just gone may still be counted
constexpr auto sleep_time_max = 5s;
constexpr auto poll_pause = 10ms;

std::string target_of(const exact_json& how) {
  if (how.contains("target")) {
    return how["target"];
  }
  std::string target = "/websocket?room=" + percent_encoded(how["room"].get<std::string>());
  if (how.contains("session")) {
    target += "&session=" + percent_encoded(how["session"].get<std::string>());
  }
  return target;
}

std::string with_index(std::string text, int index) {
  const std::string mark = "${index}";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    text.replace(at, mark.size(), std::to_string(index));
  }
  return text;
}

std::optional<std::string> refusal_difference(const exact_json& wanted,
                                              const upgrade_answer& answer) {
  const std::string status = std::to_string(answer.status);
  const bool fits = number_text(wanted["status"]) == status &&
                    (!wanted.contains("body") ||
                     std::regex_search(answer.body, std::regex(wanted["body"].get<std::string>())));
  return fits ? std::nullopt
              : std::optional("expected a refusal " + show(wanted) + ", got " + status + " '" +
                              answer.body + "'");
}

}  // namespace

scenario_runner::result scenario_runner::join(const exact_json& step) {
  exact_json how = expand(step["join"]);
  if (how.is_string()) {
    how = {{"room", how}};
  }
  const std::string name = step.at("by");
  person who;
  who.socket = std::make_unique<websocket_client>(io_, keep_pings_);
  const upgrade_answer answer =
      who.socket->connect(server_.port(), target_of(how), join_headers(how));
  if (how.contains("refused")) {
    return refusal_difference(how["refused"], answer);
  }
  if (!answer.accepted()) {
    return "expected an upgrade, got " + std::to_string(answer.status) + " '" + answer.body + "'";
  }
  result failure = check_welcome(how, answer, who);
  sessions_[name] = who.socket->session();
  people_.insert_or_assign(name, std::move(who));
  return failure;
}

std::map<std::string, std::string> scenario_runner::join_headers(const exact_json& how) const {
  std::map<std::string, std::string> headers;
  if (how.contains("headers")) {
    headers = how["headers"].get<std::map<std::string, std::string>>();
  }
  if (how.contains("cookie")) {
    headers["Cookie"] = how["cookie"];
  }
  if (how.contains("cookie_of")) {
    headers["Cookie"] = people_.at(how["cookie_of"]).cookie;
  }
  return headers;
}

/// Every 101 names the session twice: plainly, and in a cookie that only this room reads.
scenario_runner::result scenario_runner::check_welcome(const exact_json& how,
                                                       const upgrade_answer& answer, person& who) {
  const std::string cookie = answer.header("set-cookie");
  who.room = how.contains("room") ? how["room"].get<std::string>() : "default";
  who.cookie = cookie.substr(0, cookie.find(';'));
  const std::string name = sha256_hex(who.room) + "_session=";
  if (!cookie.starts_with(name)) {
    return "expected a cookie " + name + ", got '" + cookie + "'";
  }
  if (percent_decoded(who.cookie.substr(name.size())) != who.socket->session()) {
    return "the cookie '" + cookie + "' and X-Session-Id '" + who.socket->session() + "' differ";
  }
  const std::string attributes = cookie.substr(who.cookie.size()) + ";";
  const bool lax = attributes.find("SameSite=Lax;") != std::string::npos;
  const bool secure = attributes.find("Secure;") != std::string::npos;
  if (attributes.find("HttpOnly;") == std::string::npos || !lax || secure) {
    return "expected HttpOnly and SameSite=Lax without Secure, got '" + cookie + "'";
  }
  return {};
}

void scenario_runner::talk(const exact_json& step) {
  websocket_client& socket = speaker(step);
  if (step.contains("say")) {
    socket.send_text(write_exact(expand(step["say"])));
  } else if (step.contains("say_text")) {
    socket.send_text(expand_text(step["say_text"]));
  } else if (step.contains("say_all")) {
    say_all(step);
  } else if (step.contains("fragments")) {
    say_fragments(step);
  } else if (step.contains("send_binary")) {
    socket.send_binary(bytes_of_hex(step["send_binary"].get<std::string>()));
  } else if (step.contains("send_bytes")) {
    socket.send_bytes(bytes_of_hex(expand_text(step["send_bytes"])));
  } else if (step.contains("send_ping")) {
    socket.send_ping(expand_text(step["send_ping"]));
  } else if (step.contains("authenticate")) {
    const std::string& room = people_[step["by"]].room;
    socket.send_text(write_exact(logins_.message(expand(step["authenticate"]), room)));
  } else if (step.contains("leave")) {
    leave(step);
  } else if (step.contains("vanish")) {
    socket.terminate();
  } else {
    throw std::runtime_error("the step has no action that is known");
  }
  if (needs_fence(step)) {
    socket.send_text(R"({"type":"profile"})");
  }
}

void scenario_runner::say_all(const exact_json& step) {
  const int times = step.contains("times") ? std::stoi(number_text(step["times"])) : 1;
  for (int i = 1; i <= times; ++i) {
    for (const exact_json& message : step["say_all"]) {
      speaker(step).send_text(with_index(write_exact(expand(message)), i));
    }
  }
}

/// Parts of one text message; a part {"ping": "x"} is a control frame between them.
void scenario_runner::say_fragments(const exact_json& step) {
  const exact_json& parts = step["fragments"];
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_object()) {
      speaker(step).send_ping(parts[i]["ping"].get<std::string>());
    } else {
      speaker(step).send_fragment(expand_text(parts[i]), i + 1 == parts.size());
    }
  }
}

void scenario_runner::leave(const exact_json& step) {
  const exact_json& code = step["leave"];
  const int number = code.is_null() ? 0 : std::stoi(number_text(code));
  speaker(step).close(static_cast<std::uint16_t>(number),
                      step.contains("reason") ? step["reason"].get<std::string>() : "");
}

scenario_runner::result scenario_runner::fetch_page(const exact_json& step) {
  http_request request{.target = expand_text(step["get"])};
  request.method = step.contains("method") ? step["method"].get<std::string>() : "GET";
  request.body = step.contains("body") ? expand_text(step["body"]) : "";
  if (step.contains("headers")) {
    request.headers = expand(step["headers"]).get<std::map<std::string, std::string>>();
  }
  const exact_json wanted = step.contains("answer") ? expand(step["answer"]) : exact_json::object();
  const deadline_point deadline = after(page_time_max);
  result failure = answer_difference(wanted, fetch(server_.port(), request));
  while (failure && request.method == "GET" && std::chrono::steady_clock::now() < deadline) {
    pump_until(io_, after(poll_pause), [] { return false; });
    failure = answer_difference(wanted, fetch(server_.port(), request));
  }
  return failure;
}

scenario_runner::result scenario_runner::answer_difference(const exact_json& wanted,
                                                           const http_answer& got) const {
  const std::string seen = "\n    got " + std::to_string(got.status) + " " +
                           got.header("content-type") + " " + got.body.substr(0, 500);
  const std::string status =
      wanted.contains("status") ? number_text(wanted["status"]) : std::string("200");
  if (status != std::to_string(got.status)) {
    return "expected status " + status + seen;
  }
  if (wanted.contains("media_type") && wanted["media_type"] != got.media_type()) {
    return "expected media type " + show(wanted["media_type"]) + seen;
  }
  result found;
  if (wanted.contains("json")) {
    const std::optional<exact_json> value = parse_exact(got.body);
    found = value ? difference(wanted["json"], *value, sessions_) : "expected JSON";
  } else if (wanted.contains("text")) {
    found = difference(wanted["text"], exact_json(got.body), sessions_);
  }
  return found ? *found + seen : result();
}

/// A server that ends politely says 1001 to everybody; one that is killed says nothing.
scenario_runner::result scenario_runner::restart(const exact_json& step) {
  const bool politely = step["restart"] == "politely";
  const exit_status status = server_.stop(politely ? SIGTERM : SIGKILL);
  exact_json expected = exact_json::object();
  for (auto& [name, who] : people_) {
    if (who.socket->is_open()) {
      expected[name] = exact_json::array(
          {exact_json{{"~closed", politely ? exact_number("1001") : exact_number("1006")}}});
    }
  }
  result failure = settle(expected, 0ms);
  people_.clear();
  server_.start();
  if (politely && status.code != 0) {
    return "expected exit code 0 after SIGTERM; the log:\n" + server_.log_text();
  }
  return failure;
}

scenario_runner::result scenario_runner::await_sleep() {
  const deadline_point deadline = after(sleep_time_max);
  while (std::chrono::steady_clock::now() < deadline) {
    if (metric(server_.port(), "innkeeper_rooms_awake") == 0) {
      return {};
    }
    pump_until(io_, after(poll_pause), [] { return false; });
  }
  return "no room may be awake, but innkeeper_rooms_awake is " +
         std::to_string(metric(server_.port(), "innkeeper_rooms_awake"));
}

/// Neither the name nor the id of a room is in any file of the server.
scenario_runner::result scenario_runner::find_no_trace(const std::string& room) const {
  for (const auto& entry : std::filesystem::directory_iterator(server_.place())) {
    const bool data = entry.path().filename().string().starts_with("innkeeper.db");
    const std::string text = data ? file_text(entry.path()) : "";
    for (const std::string& mark : {room, sha256_hex(room), bytes_of_hex(sha256_hex(room))}) {
      if (text.find(mark) != std::string::npos) {
        return "the room '" + room + "' has left something in " + entry.path().string();
      }
    }
  }
  return {};
}

}  // namespace innkeeper::testing
