// Channels, subscriptions and numbers, each from one line of the input.
#include <string>

#include "actors/sockets/subscriptions.hpp"
#include "actors/sockets/topic.hpp"
#include "proto/decimal.hpp"
#include "proto/json_text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace innkeeper::fuzz {
namespace {

constexpr std::size_t number_length_max = 128;

void check_channel(std::string_view line, sockets::subscriptions& all) {
  const auto what = sockets::parse_topic(line);
  const bool has_event = !line.substr(0, line.find(':')).empty();
  require(what.has_value() == has_event, "a channel is whatever has an event");
  if (!what) return;
  require(sockets::parse_topic(what->event + (what->id ? ":" + *what->id : "")) == what,
          "a channel survives its text");
  if (!proto::is_utf8(line)) return;  // messages are UTF-8 before they are read
  const auto before = all;
  const bool added = all.add(*what);
  require(added == !(before == all), "adding says whether it changed anything");
  require(all.has(what->event, what->id.value_or(std::string(sockets::every_id))),
          "what is added is there");
  require(sockets::subscriptions::from_json(all.to_json()) == all, "subscriptions survive JSON");
  auto without = all;
  require(without.remove(*what), "what is there can be removed");
  require(!without.remove(*what), "and only once");
}

void check_number(std::string_view line) {
  const auto number = proto::decimal::parse(line);
  if (!number) return;
  require(proto::is_decimal_text(line), "what is read is written as a number");
  require(proto::decimal::parse(number->text()) == number, "a number survives its text");
  require(*number + proto::decimal(0) == *number, "nothing added changes nothing");
  const auto canonical = proto::canonical_number(number->text(), number_length_max);
  if (canonical) {
    require(proto::canonical_number(*canonical, number_length_max) == canonical,
            "the shortest form is its own shortest form");
  }
}

void check(std::string_view text) {
  sockets::subscriptions all;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    check_channel(line, all);
    check_number(line);
  }
  // Whatever stands in the file, reading it gives subscriptions that can be written again.
  const auto read = sockets::subscriptions::from_json(text);
  require(sockets::subscriptions::from_json(read.to_json()) == read, "what is read can be written");
}

}  // namespace
}  // namespace innkeeper::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innkeeper::fuzz::check(innkeeper::fuzz::as_text(data, size));
  return 0;
}
