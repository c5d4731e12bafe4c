#include "app/program.hpp"
#include "tests/durable/rate_limiter.hpp"

int main(int argc, char** argv) {
  return innkeeper::app::run(argc, argv,
                             {std::make_shared<const innkeeper::example::rate_limiter_kind>()});
}
