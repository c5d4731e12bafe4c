#include "storage/batch_writer.hpp"

namespace innkeeper::storage {

submission batch_writer::acknowledgement_of(std::int64_t object, std::uint64_t instance) {
  write_batch batch;
  batch.object = object;
  batch.instance = instance;
  return {std::make_shared<const write_batch>(std::move(batch)), nullptr};
}

void batch_writer::submit_all(std::vector<submission> several) {
  for (auto& each : several) {
    if (each.is_acknowledgement()) {
      acknowledge_failure(each.batch->object, each.batch->instance);
    } else {
      submit(std::move(each.batch), std::move(each.done));
    }
  }
}

}  // namespace innkeeper::storage
