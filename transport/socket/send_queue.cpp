#include "transport/socket/send_queue.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace innkeeper::transport {
namespace {

/// So few removed frames are not worth the work of closing the gaps.
constexpr std::size_t removed_min = 64;

/// Whoever is told more than lies in the queue is told some more as a rule: one piece of memory.
constexpr std::size_t frames_in_memory_min = 8;

}  // namespace

bool send_queue::push(proto::frame added, std::size_t waiting_bytes_max) {
  if (!added) return true;
  const auto size = added.wire().size();
  const bool spare = is_slow() && !added.state().empty();
  if (spare) remove_older(added.state());
  const bool bounded = waiting_bytes_max > 0 && !empty() && !added.is_first_value();
  if (bounded && counted_bytes() + size > waiting_bytes_max) return false;
  total_bytes_ += size;
  if (added.is_first_value()) first_value_bytes_ += size;
  if (frames_.size() == frame_list::static_capacity) frames_.reserve(frames_in_memory_min);
  frames_.push_back(std::move(added));
  if (spare) newest_->places.emplace(frames_.back().state(), frames_.size() - 1);
  return true;
}

/// Also readies what is needed to tell which frames are outdated, or does away with it.
bool send_queue::is_slow() {
  const bool slow = refused_ && waiting_bytes() > patience_bytes;
  const auto removed = newest_ ? newest_->removed : 0;
  const bool gappy = removed >= removed_min && removed > frames_.size() / 2;
  if (slow && (!newest_ || gappy)) index();
  if (!slow && newest_) forget_written();
  return slow;
}

void send_queue::push_first(proto::frame added) {
  total_bytes_ += added.wire().size();
  frames_.insert(frames_.begin(), std::move(added));
}

std::size_t send_queue::front_left() const {
  return empty() ? 0 : frames_[first_].wire().size() - first_written_;
}

std::size_t send_queue::waiting_bytes() const {
  return total_bytes_ - front_left();
}

std::size_t send_queue::counted_bytes() const {
  const auto counted = total_bytes_ - first_value_bytes_;
  return frames_[first_].is_first_value() ? counted : counted - front_left();
}

std::size_t send_queue::next_pieces(std::span<iovec> pieces) const {
  std::size_t count = 0;
  std::size_t offset = first_written_;
  for (std::size_t i = first_; i < frames_.size() && count < pieces.size(); ++i) {
    const auto bytes = frames_[i].wire();
    if (bytes.empty()) continue;
    pieces[count++] = {const_cast<char*>(bytes.data()) + offset, bytes.size() - offset};
    offset = 0;
  }
  return count;
}

void send_queue::written(std::size_t bytes) {
  total_bytes_ -= bytes;
  while (bytes > 0) {
    auto& front = frames_[first_];
    const auto part = std::min(bytes, front.wire().size() - first_written_);
    if (front.is_first_value()) first_value_bytes_ -= part;
    bytes -= part;
    first_written_ += part;
    if (first_written_ < front.wire().size()) break;
    if (newest_ && !front.state().empty()) forget_place(front.state(), first_);
    front = {};
    ++first_;
    first_written_ = 0;
    skip_removed();
  }
  if (total_bytes_ == 0) clear();
}

void send_queue::refused() {
  refused_ = true;
  if (first_ > frames_.size() / 2) forget_written();
}

void send_queue::drop_waiting() {
  if (first_written_ == 0) return clear();
  newest_.reset();
  frames_.resize(std::size_t{first_} + 1);
  total_bytes_ = front_left();
  first_value_bytes_ = frames_[first_].is_first_value() ? total_bytes_ : 0;
  forget_written();
}

void send_queue::clear() {
  newest_.reset();  // before the frames that its keys live in
  // A list of this kind that has once had memory of its own keeps it when it is cleared or assigned
  // to: only a new one is without.
  std::destroy_at(&frames_);
  std::construct_at(&frames_);
  first_ = 0;
  first_written_ = total_bytes_ = first_value_bytes_ = 0;
  refused_ = false;
}

void send_queue::remove_older(std::string_view state) {
  auto& places = newest_->places;
  const auto older = places.find(state);
  if (older == places.end()) return;
  const auto place = older->second;
  places.erase(older);  // before the frame that its key lives in
  const bool begun = place == first_ && first_written_ > 0;
  if (!begun) remove(place);
}

void send_queue::forget_place(std::string_view state, std::size_t place) {
  auto& places = newest_->places;
  const auto found = places.find(state);
  if (found != places.end() && found->second == place) places.erase(found);
}

void send_queue::remove(std::size_t place) {
  auto& gone = frames_[place];
  total_bytes_ -= gone.wire().size();
  if (gone.is_first_value()) first_value_bytes_ -= gone.wire().size();
  gone = {};
  ++newest_->removed;
  skip_removed();
}

/// Finds out where each state's newest frame stands, and drops the older ones.
void send_queue::index() {
  forget_written();
  newest_ = std::make_unique<state_index>();
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const auto state = frames_[i].state();
    if (state.empty()) continue;
    remove_older(state);
    newest_->places.emplace(state, i);
  }
}

void send_queue::skip_removed() {
  while (first_ < frames_.size() && !frames_[first_]) {
    ++first_;
    --newest_->removed;
  }
}

void send_queue::forget_written() {
  newest_.reset();  // the places change
  frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
  const auto kept_end = std::remove_if(frames_.begin(), frames_.end(),
                                       [](const proto::frame& each) { return !each; });
  frames_.erase(kept_end, frames_.end());
}

}  // namespace innkeeper::transport
