#include "bench/load/ask_load.hpp"

#include <stdexcept>
#include <utility>

#include "bench/load/clock.hpp"

namespace innkeeper::bench {

ask_load::ask_load(swarm& through, const ask_options& options)
    : swarm_(through),
      questions_(through.size()),
      outstanding_max_(options.outstanding_max),
      asked_at_(through.size()) {
  for (std::size_t i = 0; i < swarm_.size(); ++i) {
    questions_[i] = options.question(i);
    free_.push_back(i);
  }
  measured_from_ = now_ns();
  if (options.seconds <= 0) return;
  measured_from_ += warm_up_ns;
  until_ = measured_from_ + to_ns(options.seconds);
}

void ask_load::received(std::size_t connection, std::size_t frames, std::int64_t now) {
  const auto asked_at = std::exchange(asked_at_[connection], 0);
  if (asked_at == 0 || frames != 1) {
    throw std::runtime_error("A connection has got more answers than it has asked for.");
  }
  --outstanding_;
  ++answered_;
  if (!once()) free_.push_back(connection);
  const bool measured = once() || (now >= measured_from_ && now < until_);
  if (!measured) return;
  latency_.add(now - asked_at);
  last_at_ = now;
}

void ask_load::turn_ended(std::int64_t now) {
  while (asking(now) && outstanding_ < outstanding_max_ && !free_.empty()) {
    const auto connection = free_.front();
    free_.pop_front();
    asked_at_[connection] = now_ns();
    swarm_.send(connection, questions_[connection]);
    ++outstanding_;
  }
}

bool ask_load::finished(std::int64_t now) const {
  if (outstanding_ > 0) return false;
  return once() ? free_.empty() : now >= until_;
}

double ask_load::rate() const {
  if (latency_.count() == 0) return 0;
  return static_cast<double>(latency_.count()) / to_seconds(last_at_ - measured_from_);
}

connect_load::connect_load(swarm& through, std::size_t outstanding, double seconds)
    : swarm_(through),
      outstanding_max_(outstanding),
      begun_at_(through.size()),
      from_(now_ns()),
      until_(from_ + to_ns(seconds)) {
  if (swarm_.size() < 2 * outstanding) {
    throw std::invalid_argument(
        "There have to be twice as many connections as are opened at once.");
  }
}

void connect_load::opened(std::size_t connection, std::int64_t now) {
  to_close_.push_back(connection);
  --outstanding_;
  ++opened_;
  if (now >= until_) return;
  latency_.add(now - begun_at_[connection]);
  last_at_ = now;
}

void connect_load::turn_ended(std::int64_t now) {
  for (const auto connection : std::exchange(to_close_, {})) swarm_.close(connection);
  while (now < until_ && outstanding_ < outstanding_max_) {
    begun_at_[next_] = now_ns();
    swarm_.open(next_);
    ++outstanding_;
    next_ = (next_ + 1) % swarm_.size();
  }
}

bool connect_load::finished(std::int64_t now) const {
  return now >= until_ && outstanding_ == 0;
}

double connect_load::rate() const {
  if (latency_.count() == 0) return 0;
  return static_cast<double>(latency_.count()) / to_seconds(last_at_ - from_);
}

}  // namespace innkeeper::bench
