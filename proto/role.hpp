#pragma once

/// What a client may do. Any thread.
namespace innkeeper::proto {

enum class role { user, admin };

}  // namespace innkeeper::proto
