#include "actors/durable/output_gate.hpp"

#include <iterator>
#include <utility>

namespace innkeeper::durable {
namespace {

void append(output_gate::outputs& to, output_gate::outputs&& from) {
  if (to.empty()) {
    to = std::move(from);
    return;
  }
  to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
}

}  // namespace

void output_gate::hold(batch_number number, outputs held, outputs_maker if_storage_full,
                       std::size_t bytes) {
  turns_.push_back({number, std::move(held), std::move(if_storage_full), bytes});
  bytes_ += bytes;
}

output_gate::outputs output_gate::pass(outputs given, outputs_maker if_storage_full,
                                       std::size_t bytes) {
  if (turns_.empty()) return given;
  if (!given.empty()) {
    hold(turns_.back().number, std::move(given), std::move(if_storage_full), bytes);
  }
  return {};
}

output_gate::outputs output_gate::release(batch_number number) {
  outputs leaving;
  while (!turns_.empty() && turns_.front().number <= number) {
    auto turn = turns_.pop_front();
    bytes_ -= turn.bytes;
    append(leaving, std::move(turn.held));
  }
  return leaving;
}

output_gate::outputs output_gate::drop() {
  outputs leaving;
  while (!turns_.empty()) {
    const auto turn = turns_.pop_front();
    if (turn.if_storage_full) append(leaving, turn.if_storage_full());
  }
  bytes_ = 0;
  return leaving;
}

void output_gate::clear() {
  turns_.clear();
  bytes_ = 0;
}

}  // namespace innkeeper::durable
