#include <array>

#include "storage/sqlite/migrations.hpp"

namespace innkeeper::storage {
namespace {

constexpr std::array<std::string_view, 4> texts{
#include "0001_rooms.sql.inc"
    ,
#include "0002_alarms.sql.inc"
    ,
#include "0003_room_sizes.sql.inc"
    ,
#include "0004_hand_edits.sql.inc"
};

}  // namespace

std::span<const std::string_view> migrations() {
  return texts;
}

}  // namespace innkeeper::storage
