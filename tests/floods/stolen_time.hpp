// What a virtual machine's host gave to its other guests while this one had something to run:
// "steal" in /proc/stat, see proc_stat(5). Latencies measured meanwhile tell of the neighbours.
#pragma once

#include <cstdint>

namespace innkeeper::floods {

class stolen_time {
 public:
  /// Counts from now on.
  stolen_time() = default;

  /// A part of the time of all processors, 0 to 1.
  double share() const;

 private:
  struct ticks {
    std::int64_t stolen = 0;
    std::int64_t all = 0;
  };
  static ticks now();

  ticks began_ = now();
};

}  // namespace innkeeper::floods
