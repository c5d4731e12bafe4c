#include "tests/crash/cut_disk.hpp"

#include <algorithm>

namespace innkeeper::testing {
namespace {

constexpr std::size_t sector = 512;

/// `kept` bytes of a write reach the disk.
void apply(const disk_event& event, std::size_t kept, cut_disk::images& disk) {
  auto& image = disk[static_cast<std::size_t>(event.file)];
  const auto offset = static_cast<std::size_t>(event.offset);
  if (event.what == disk_event::kind::truncate) {
    image.resize(std::min(image.size(), offset));
    return;
  }
  if (kept == 0) return;
  if (image.size() < offset + kept) image.resize(offset + kept, '\0');
  image.replace(offset, kept, event.bytes, 0, kept);
}

}  // namespace

void cut_disk::replay(const disk_event& event) {
  switch (event.what) {
    case disk_event::kind::write:
    case disk_event::kind::truncate:
      unsynced_.push_back(event);
      break;
    case disk_event::kind::sync:
      if (!lying_) apply_all(event.file);
      break;
    case disk_event::kind::note:
      break;
  }
}

void cut_disk::apply_all(disk_file file) {
  for (const auto& event : unsynced_) {
    if (event.file == file) apply(event, event.bytes.size(), durable_);
  }
  std::erase_if(unsynced_, [=](const disk_event& event) { return event.file == file; });
}

cut_disk::images cut_disk::cut(std::mt19937_64& random, std::uint64_t& outcome) const {
  auto disk = durable_;
  std::vector<std::size_t> order(unsynced_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // Most disks keep the order most of the time; some cuts get any order.
  if (random() % 2 == 0) std::shuffle(order.begin(), order.end(), random);
  const auto favour = random() % 10;  // nothing, everything, or a mixture reaches the disk
  outcome = unsynced_.size();
  for (const auto i : order) {
    const auto& event = unsynced_[i];
    const auto fate = favour < 2 ? favour : random() % 3;
    auto kept = fate == 1 ? event.bytes.size() : 0;
    if (fate == 2) kept = std::min(event.bytes.size(), random() % 9 * sector);
    const bool is_cut = event.what == disk_event::kind::truncate;
    if (fate != 0) apply(event, is_cut ? 1 : kept, disk);
    outcome = (outcome * 1'000'003) ^ (i * 16 + kept / sector + fate);
  }
  return disk;
}

}  // namespace innkeeper::testing
