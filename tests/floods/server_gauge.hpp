// What a process costs at this moment, read from /proc.
#pragma once

#include <cstddef>

#include <sys/types.h>

namespace innkeeper::floods {

struct server_gauge {
  long resident_kib = 0;
  /// The most that it has ever been.
  long resident_max_kib = 0;
  std::size_t descriptors = 0;
};

server_gauge gauge(pid_t of);

}  // namespace innkeeper::floods
