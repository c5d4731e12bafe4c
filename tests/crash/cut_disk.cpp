#include "tests/crash/cut_disk.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string_view>

namespace innkeeper::testing {
namespace {

constexpr std::size_t sector = 512;

/// What becomes of one call that was not synced.
enum class fate { lost, kept, torn };

std::string& image_of(const disk_event& event, cut_disk::images& disk) {
  return disk[static_cast<std::size_t>(event.file)];
}

void apply_part(const disk_event& event, std::size_t from, std::size_t size, std::string& image) {
  const auto at = static_cast<std::size_t>(event.offset) + from;
  if (image.size() < at + size) image.resize(at + size, '\0');
  image.replace(at, size, event.bytes, from, size);
}

void apply(const disk_event& event, cut_disk::images& disk) {
  auto& image = image_of(event, disk);
  if (event.what == disk_event::kind::truncate) {
    image.resize(std::min(image.size(), static_cast<std::size_t>(event.offset)));
  } else {
    apply_part(event, 0, event.bytes.size(), image);
  }
}

/// Each of the disk's sectors that the write touches is written or is not.
void apply_torn(const disk_event& event, std::mt19937_64& random, cut_disk::images& disk) {
  auto coins = random();
  for (std::size_t from = 0; from < event.bytes.size();) {
    const auto into_sector = (static_cast<std::size_t>(event.offset) + from) % sector;
    const auto size = std::min(sector - into_sector, event.bytes.size() - from);
    if (coins % 2 == 1) apply_part(event, from, size, image_of(event, disk));
    coins = coins / 2 == 0 ? random() : coins / 2;
    from += size;
  }
}

std::uint64_t mixed(std::uint64_t into, std::uint64_t what) {
  return (into ^ what) * 0x9E3779B97F4A7C15U + (into >> 29U);
}

/// Most cuts lose or keep nearly everything on some disks, and a mixture on others.
fate choose(std::uint64_t habit, std::mt19937_64& random) {
  if (habit == 0 && random() % 16 != 0) return fate::lost;
  if (habit == 1 && random() % 16 != 0) return fate::kept;
  return static_cast<fate>(random() % 3);
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
    if (event.file == file) apply(event, durable_);
  }
  std::erase_if(unsynced_, [=](const disk_event& event) { return event.file == file; });
}

cut_disk::state cut_disk::cut(std::mt19937_64& random) const {
  state left{durable_, 0};
  std::vector<std::size_t> order(unsynced_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Most disks keep the order most of the time; some cuts get any order.
  if (random() % 2 == 0) std::shuffle(order.begin(), order.end(), random);
  const auto habit = random() % 5;
  for (const auto i : order) {
    const auto& event = unsynced_[i];
    auto what = choose(habit, random);
    const bool is_write = event.what == disk_event::kind::write;
    if (what == fate::kept || (what == fate::torn && !is_write)) apply(event, left.files);
    if (what == fate::torn && is_write) apply_torn(event, random, left.files);
  }
  left.fingerprint = fingerprint_of(left.files);
  return left;
}

/// Only what an unsynced call has touched can differ between two states of one moment.
std::uint64_t cut_disk::fingerprint_of(const images& disk) const {
  std::uint64_t print = mixed(disk[0].size(), disk[1].size());
  for (const auto& event : unsynced_) {
    const std::string_view image = disk[static_cast<std::size_t>(event.file)];
    const auto from = std::min(static_cast<std::size_t>(event.offset), image.size());
    const bool is_write = event.what == disk_event::kind::write;
    const auto touched = image.substr(from, is_write ? event.bytes.size() : std::string_view::npos);
    print = mixed(print, std::hash<std::string_view>()(touched));
  }
  return print;
}

}  // namespace innkeeper::testing
