#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

/// Where everything lies that a ping goes through on its way to an open connection, and the pong on
/// its way back: close together and in huge pages, apart from what comes and goes. All of it is
/// touched once in 25 seconds, after which no cache knows it, and a small page that has rested for
/// so long is dear to find. It is an arena of jemalloc's for each thread; ordinary memory if the
/// program is not linked with that, or the system does not lend the address space. Any thread, and
/// what one has made another may free.
namespace innkeeper::memory {

/// Aligned as operator new does. Throws std::bad_alloc.
void* allocate_for_connection(std::size_t bytes);
void free_of_connection(void* what) noexcept;

/// For single objects, as those in nodes of tables or beside a shared pointer's counts. What is
/// made in a row, such as a table of buckets, lies close together anyway, and may be large: that is
/// ordinary memory.
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

/// As std::make_shared.
template <class Object, class... Arguments>
std::shared_ptr<Object> shared_by_connection(Arguments&&... arguments) {
  return std::allocate_shared<Object>(connection_allocator<Object>(),
                                      std::forward<Arguments>(arguments)...);
}

/// A base of classes whose objects are made by `new`.
struct kept_by_connection {
  static void* operator new(std::size_t bytes) { return allocate_for_connection(bytes); }
  static void* operator new(std::size_t bytes, std::align_val_t alignment) = delete;
  static void operator delete(void* what) noexcept { free_of_connection(what); }
};

}  // namespace innkeeper::memory
