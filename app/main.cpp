#include "app/program.hpp"

int main(int argc, char** argv) {
  return innkeeper::app::run(argc, argv);
}
