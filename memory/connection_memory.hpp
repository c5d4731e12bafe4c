#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

/// Memory for all that a ping and its pong touch of an open connection. It is close together and in
/// huge pages, apart from short-lived memory. It is touched once in 25 seconds, so no cache holds
/// it. Then an access to a 4 KiB page also costs a slow address translation. Each thread has a
/// jemalloc arena for it. Without jemalloc or address space it is ordinary memory. Any thread may
/// allocate; any other may free.
namespace innkeeper::memory {

/// Aligned as operator new does. Throws std::bad_alloc.
void* allocate_for_connection(std::size_t bytes);
void free_of_connection(void* what) noexcept;

/// For single objects, such as nodes of tables or objects beside a shared pointer's counts. Arrays,
/// such as a table's buckets, are contiguous anyway and may be large: they use ordinary memory.
template <class Object>
struct connection_allocator {
  using value_type = Object;

  connection_allocator() = default;
  template <class Other>
  // NOLINTNEXTLINE(google-explicit-constructor): containers convert theirs
  connection_allocator(const connection_allocator<Other>& /*other*/) {}

  Object* allocate(std::size_t count) {
    static_assert(alignof(Object) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a table's objects may be pointers
    const auto bytes = count * sizeof(Object);
    return static_cast<Object*>(count == 1 ? allocate_for_connection(bytes)
                                           : ::operator new(bytes));
  }
  void deallocate(Object* what, std::size_t count) noexcept {
    if (count == 1) return free_of_connection(what);
    ::operator delete(what);
  }

  template <class Other>
  bool operator==(const connection_allocator<Other>& /*other*/) const {
    return true;
  }
};

/// Like std::make_shared.
template <class Object, class... Arguments>
std::shared_ptr<Object> shared_by_connection(Arguments&&... arguments) {
  return std::allocate_shared<Object>(connection_allocator<Object>(),
                                      std::forward<Arguments>(arguments)...);
}

/// A base of classes whose objects are created by `new`.
struct kept_by_connection {
  static void* operator new(std::size_t bytes) { return allocate_for_connection(bytes); }
  static void* operator new(std::size_t bytes, std::align_val_t alignment) = delete;
  static void operator delete(void* what) noexcept { free_of_connection(what); }
};

}  // namespace innkeeper::memory
