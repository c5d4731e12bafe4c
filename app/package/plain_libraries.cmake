# The libraries that have no CMake package: innkeeper::caf, innkeeper::maxminddb, innkeeper::uring and innkeeper::jemalloc.
# Our own build reads this file, and so does find_package(innkeeper). What is not found stands in INNKEEPER_PLAIN_MISSING.
set(INNKEEPER_PLAIN_MISSING "")

# script/tsan points CMAKE_PREFIX_PATH at a CAF of its own.
function(innkeeper_plain_library name library header)
  string(TOUPPER INNKEEPER_${name} found)
  find_library(${found}_LIBRARY ${library})
  find_path(${found}_INCLUDE ${header})
  mark_as_advanced(${found}_LIBRARY ${found}_INCLUDE)
  if(NOT ${found}_LIBRARY OR NOT ${found}_INCLUDE)
    set(INNKEEPER_PLAIN_MISSING "${INNKEEPER_PLAIN_MISSING}lib${library} with <${header}> " PARENT_SCOPE)
  elseif(NOT TARGET innkeeper::${name})
    add_library(innkeeper::${name} INTERFACE IMPORTED GLOBAL)
    target_include_directories(innkeeper::${name} INTERFACE ${${found}_INCLUDE})
    target_link_libraries(innkeeper::${name} INTERFACE ${ARGN} ${${found}_LIBRARY})
  endif()
endfunction()

innkeeper_plain_library(caf caf_core caf/config.hpp)
innkeeper_plain_library(maxminddb maxminddb maxminddb.h)
innkeeper_plain_library(uring uring liburing.h)
innkeeper_plain_library(jemalloc jemalloc jemalloc/jemalloc.h)
