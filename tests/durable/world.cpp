#include "tests/durable/world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <stdexcept>

#include "actors/sockets/socket_message.hpp"
#include "tests/durable/rate_limiter.hpp"

namespace innkeeper::testing {
namespace {

std::vector<durable::object_output> only(std::string words) {
  std::vector<durable::object_output> list;
  list.emplace_back(std::move(words));
  return list;
}

const storage::storage_error no_read{"The test failed a read."};

class tally final : public durable::durable_object {
 public:
  explicit tally(const tally_kind& kind) : kind_(kind) {}

  void hydrate(const durable::turn& now, durable::attachments left_behind) override {
    for (const auto& [key, columns] : now.stored.list(notes, {{"tally"}})) {
      counts_[storage::as_text(key[1])] = storage::as_integer(columns[0]);
    }
    if (const auto* told = std::any_cast<int>(&left_behind)) told_ = *told;
  }

  durable::effects handle(durable::object_message& message, const durable::turn& now) override {
    const auto words = std::any_cast<std::string>(message);
    durable::effects wanted;
    ++told_;
    if (words == "whisper") return wanted;
    if (words == "crash") throw std::logic_error("a bug in an object");
    if (words == "nightmare") {
      dreams_badly_ = true;
      wanted.outputs = only("will not sleep well");
      return wanted;
    }
    if (words == "told") {
      wanted.outputs = only("told " + std::to_string(told_));
      return wanted;
    }
    if (words.starts_with("wake ")) {
      wanted.alarm = durable::alarm_change{now.now_ms + std::stoll(words.substr(5))};
      wanted.outputs = only("will wake");
      return wanted;
    }
    if (words == "no alarm") {
      wanted.alarm = durable::alarm_change{};
      return wanted;
    }
    const auto space = words.find(' ');
    const auto what = words.substr(space + 1);
    if (words.starts_with("look")) {
      const auto stored = now.stored.get(notes, {"tally", what});
      wanted.outputs =
          only(what + "=" + std::to_string(stored ? storage::as_integer((*stored)[0]) : 0));
      return wanted;
    }
    if (words.starts_with("add")) put(what, ++counts_[what], wanted);
    if (words.starts_with("spoil")) put(what, 10, wanted);
    wanted.outputs = only(what + "=" + std::to_string(counts_[what]));
    wanted.if_storage_full = [what] { return only("no room for " + what); };
    return wanted;
  }

  durable::effects on_alarm(const durable::turn&) override {
    if (kind_.alarms_fail) throw std::runtime_error("not today");
    durable::effects wanted;
    put("rung", ++counts_["rung"], wanted);
    wanted.outputs = only("rung=" + std::to_string(counts_["rung"]));
    return wanted;
  }

  durable::effects on_hand_edits(const storage::hand_edits& edits, const durable::turn&) override {
    durable::effects wanted;
    for (const auto& each : edits) {
      wanted.outputs.emplace_back("edited " + each.name + "=" + std::to_string(counts_[each.name]));
    }
    return wanted;
  }

  durable::attachments sleep() override {
    if (dreams_badly_) throw std::logic_error("a bug in falling asleep");
    return told_;
  }

 private:
  static void put(const std::string& what, std::int64_t count, durable::effects& wanted) {
    wanted.writes.put(notes, {"tally", what}, {count, ""});
  }

  const tally_kind& kind_;
  std::map<std::string, std::int64_t> counts_;
  int told_ = 0;
  bool dreams_badly_ = false;
};

std::string words_of(const durable::object_output& output) {
  if (const auto* words = std::any_cast<std::string>(&output)) return *words;
  return std::string(std::get<sockets::send>(std::any_cast<const sockets::socket_output&>(output))
                         .frame.payload());
}

/// Writes down what objects say.
class listening_actor final : public caf::event_based_actor {
 public:
  listening_actor(caf::actor_config& config, std::vector<std::string>* heard,
                  const durable::object_sink* itself)
      : caf::event_based_actor(config), heard_(*heard), itself_(*itself) {}

  caf::behavior make_behavior() override {
    return {[this](const durable::batch_ready&) {
              for (const auto& said : itself_.outputs->take()) {
                for (const auto& output : said.outputs) {
                  heard_.push_back(said.from->name + ": " + words_of(output));
                }
              }
            },
            [this](const durable::back_pressure_change& news) {
              heard_.push_back(news.of->name + (news.congested ? ": wait" : ": go on"));
            },
            [](const durable::drained&) {}};
  }

 private:
  std::vector<std::string>& heard_;
  const durable::object_sink& itself_;
};

}  // namespace

void manual_writer::commit_one() {
  auto first = take();
  first.done(write(real_, *first.batch));
}

void manual_writer::fail_one(storage::commit_outcome how) {
  take().done(how);
}

manual_writer::entry manual_writer::take() {
  if (waiting_.empty()) throw std::logic_error("no batch is waiting");
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

storage::result<std::optional<storage::stored_object>> failing_reader::find_object(
    std::string_view kind, std::string_view name) {
  count_read();
  ++lookups;
  if (fails) return no_read;
  return real_.find_object(kind, name);
}

storage::result<std::optional<storage::row>> failing_reader::get(const storage::table& from,
                                                                 std::int64_t object,
                                                                 const storage::row& key) {
  count_read();
  if (fails) return no_read;
  return real_.get(from, object, key);
}

storage::result<void> failing_reader::visit(const storage::table& from, std::int64_t object,
                                            const storage::row_range& range,
                                            const storage::row_visitor& visitor) {
  count_read();
  if (fails) return no_read;
  return real_.visit(from, object, range, visitor);
}

storage::result<std::vector<storage::due_alarm>> failing_reader::alarms_until(std::int64_t until_ms,
                                                                              std::size_t limit) {
  if (fails) return no_read;
  return real_.alarms_until(until_ms, limit);
}

std::unique_ptr<durable::durable_object> tally_kind::make(const durable::object_address&) const {
  ++made;
  return std::make_unique<tally>(*this);
}

std::optional<std::vector<durable::object_output>> tally_kind::handle_hibernated(
    durable::attachments& left_behind, const durable::object_message& message) const {
  const auto words = std::any_cast<std::string>(message);
  if (words == "forget") {
    left_behind.reset();
    return std::vector<durable::object_output>{};
  }
  if (words == "talk in your sleep") throw std::logic_error("a bug in a sleeping object");
  if (words != "are you asleep") return std::nullopt;
  return only("yes");
}

std::vector<durable::object_output> tally_kind::when_broken() const {
  return only("broken");
}

world::world(durable::back_pressure_limits limits)
    : limiters_(std::make_shared<const example::rate_limiter_kind>()), limits_(limits) {
  reader = std::move(*storage::object_reader::open(folder.path() / "rooms.db"));
  fickle = std::make_unique<failing_reader>(*reader);
  sink_ = durable::object_sink::of(actors_.system().spawn<listening_actor>(&heard_, &sink_));
  start();
}

world::~world() {
  end();
  caf::anon_send_exit(sink_.actor, caf::exit_reason::kill);
  sink_ = {};
  run();
}

void world::start() {
  auto shared = std::make_shared<durable::runtime>(
      durable::runtime{*fickle, writer, numbers, observed, [this] { return wall_ms; }});
  shared->kinds = {kind, limiters_};
  shared->sink = sink_;
  shared->limits = limits_;
  caf::actor_config config;
  directory = durable::spawn_at_home<durable::directory_actor>(
                  actors_.system(), config, std::shared_ptr<const durable::runtime>(shared))
                  .actor();
  run();
}

void world::end() {
  while (writer.waiting() > 0) writer.fail_one(storage::commit_outcome::io_error);
  caf::anon_send(directory, durable::drain{sink_.actor});
  run();
  caf::anon_send_exit(directory, caf::exit_reason::kill);
  directory = nullptr;
  run();
}

void world::crash() {
  end();
  heard_.clear();
  start();
}

void world::tell(const std::string& object, const std::string& words, const std::string& of_kind) {
  slip(object, words, of_kind);
  run();
}

void world::deliver(const std::string& object, std::any message, const std::string& of_kind) {
  caf::anon_send(directory, durable::deliver{address_of(object, of_kind), std::move(message)});
  run();
}

void world::slip(const std::string& object, const std::string& words, const std::string& of_kind) {
  caf::anon_send(directory, durable::deliver{address_of(object, of_kind), std::any(words)});
}

durable::address_ptr world::address_of(const std::string& object,
                                       const std::string& of_kind) const {
  const durable::object_kind* its = kind.get();
  if (of_kind != its->name()) its = limiters_.get();
  if (of_kind != its->name()) throw std::logic_error("no kind is called " + of_kind);
  return std::make_shared<const durable::object_address>(durable::object_address{its, object});
}

std::int64_t world::edit(const std::string& object, const std::string& what, std::int64_t count) {
  SQLite::Database shell((folder.path() / "rooms.db").string(), SQLite::OPEN_READWRITE, 5000);
  SQLite::Statement number(shell, "SELECT id FROM objects WHERE name = ?");
  number.bind(1, object);
  if (!number.executeStep()) throw std::logic_error("no such object: " + object);
  const auto id = number.getColumn(0).getInt64();
  shell.exec("UPDATE notes SET stars = " + std::to_string(count) +
             " WHERE object = " + std::to_string(id) + " AND title = '" + what + "'");
  tell_of_edits({{id + 1000, "value", what}, {id, "value", what}}, numbers.next_instance);
  return id;
}

void world::erase(std::int64_t number) {
  SQLite::Database shell((folder.path() / "rooms.db").string(), SQLite::OPEN_READWRITE, 5000);
  shell.exec("DELETE FROM notes WHERE object = " + std::to_string(number));
  shell.exec("DELETE FROM objects WHERE id = " + std::to_string(number));
  tell_of_edits({{number, "object", "x"}}, numbers.next_instance);
}

void world::tell_of_edit(const std::string& object, const std::string& what,
                         std::uint64_t first_sound) {
  const auto its = reader->find_object("tally", object).value().value();
  tell_of_edits({{its.number, "value", what}}, first_sound);
}

void world::tell_of_edits(const storage::hand_edits& edits, std::uint64_t first_sound) {
  caf::anon_send(directory, durable::rows_edited{std::make_shared<const storage::found_edits>(
                                storage::found_edits{edits, first_sound, 0})});
  run();
}

void world::commit_one() {
  writer.commit_one();
  run();
}

void world::fail_one(storage::commit_outcome how) {
  writer.fail_one(how);
  run();
}

void world::pass_time(std::chrono::milliseconds duration) {
  wall_ms += duration.count();
  actors_.scheduler().clock().advance_time(duration);
  run();
}

void world::pass_time_committing(std::chrono::milliseconds duration) {
  constexpr std::chrono::milliseconds step{100};
  for (std::chrono::milliseconds passed{0}; passed < duration; passed += step) {
    pass_time(step);
    while (writer.waiting() > 0) commit_one();
  }
}

std::string world::heard() {
  std::string text;
  for (const auto& words : heard_) text += (text.empty() ? "" : " | ") + words;
  heard_.clear();
  return text;
}

}  // namespace innkeeper::testing
