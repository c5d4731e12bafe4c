#include "storage/failpoint.hpp"

namespace innkeeper::storage {

void reach(failpoint) noexcept {}

}  // namespace innkeeper::storage
