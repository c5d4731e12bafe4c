#include <memory>

#include "app/program.hpp"
#include "leaderboard.hpp"

/// A server with rooms and leaderboards.
int main(int argc, char** argv) {
  return innkeeper::app::run(argc, argv, {std::make_shared<const leaderboard_kind>()});
}
