#pragma once

#include <cstddef>
#include <vector>

#include "storage/batch_writer.hpp"

/// The batches of one transaction. Values: any thread.
namespace innkeeper::storage {

struct weighed_submission : submission {
  std::size_t bytes;
};

using commit_group = std::vector<weighed_submission>;

}  // namespace innkeeper::storage
