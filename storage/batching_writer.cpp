#include "storage/batching_writer.hpp"

#include <utility>

namespace innkeeper::storage {

void batching_writer::submit(batch_ptr batch, commit_callback done) {
  gathered_.push_back({std::move(batch), std::move(done)});
}

void batching_writer::acknowledge_failure(std::int64_t object, std::uint64_t instance) {
  gathered_.push_back(acknowledgement_of(object, instance));
}

void batching_writer::turn_ended(time_point now) {
  if (gathered_.empty()) return;
  if (!since_) since_ = now;
  if (gathered_.size() >= batches_max || now - *since_ >= age_max) hand_over();
}

void batching_writer::hand_over() {
  since_.reset();
  if (!gathered_.empty()) behind_.submit_all(std::exchange(gathered_, {}));
}

}  // namespace innkeeper::storage
