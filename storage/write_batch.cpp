#include "storage/write_batch.hpp"

namespace innkeeper::storage {
namespace {

std::size_t bytes_of(const row& values) {
  std::size_t bytes = values.size() * sizeof(value);
  for (const auto& each : values) {
    if (const auto* text = std::get_if<std::string>(&each)) bytes += text->size();
  }
  return bytes;
}

}  // namespace

std::size_t write_batch::bytes() const {
  std::size_t bytes = sizeof(write_batch);
  for (const auto& write : writes) {
    bytes += sizeof(row_write) + bytes_of(write.key);
    if (write.columns) bytes += bytes_of(*write.columns);
  }
  return bytes;
}

}  // namespace innkeeper::storage
