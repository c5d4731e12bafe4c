#pragma once

#include <cstddef>
#include <vector>

#include "storage/batch_writer.hpp"

/// What waits for the writer. Values: any thread.
namespace innkeeper::storage {

struct submission {
  batch_ptr batch;
  /// None: a note that the batch's instance knows of its failure.
  commit_callback done;

  bool is_note() const { return !done; }
};

struct weighed_submission : submission {
  std::size_t bytes;
};

/// What goes into one transaction.
using commit_group = std::vector<weighed_submission>;

}  // namespace innkeeper::storage
