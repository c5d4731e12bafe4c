// A disk whose power is cut: replays a record of writes and syncs and gives, at any point, one of
// the states that the two files may be in. What was synced is there. Of what was not, each sector
// of each write may be there or be missing, and they may have reached the disk in any order.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/recording_vfs.hpp"

namespace innkeeper::testing {

class cut_disk {
 public:
  using images = std::array<std::string, 2>;  // by disk_file

  struct state {
    images files;
    /// Two states of one moment are the same if this is.
    std::uint64_t fingerprint = 0;
  };

  /// `lying` makes syncs do nothing, as disks do that say so too early: a control, which has to be
  /// caught.
  cut_disk(images before, bool lying) : durable_(std::move(before)), lying_(lying) {}

  void replay(const disk_event& event);

  /// One state that a cut at this point may leave.
  state cut(std::mt19937_64& random) const;
  /// A cut at this point can leave one state only.
  bool all_is_synced() const { return unsynced_.empty(); }

 private:
  void apply_all(disk_file file);
  std::uint64_t fingerprint_of(const images& disk) const;

  images durable_;
  std::vector<disk_event> unsynced_;
  bool lying_;
};

}  // namespace innkeeper::testing
