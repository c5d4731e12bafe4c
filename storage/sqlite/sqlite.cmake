# SQLite::SQLite3: the system's library, or with INNKEEPER_SQLITE one that is compiled as the server is.
if(INNKEEPER_SQLITE)
  enable_language(C)
  add_library(innkeeper_sqlite STATIC ${INNKEEPER_SQLITE}/sqlite3.c)
  target_include_directories(innkeeper_sqlite SYSTEM PUBLIC $<BUILD_INTERFACE:${INNKEEPER_SQLITE}>)
  target_link_libraries(innkeeper_sqlite PUBLIC Threads::Threads m ${CMAKE_DL_LIBS})
  target_compile_options(innkeeper_sqlite PRIVATE -fno-strict-aliasing -w)
  target_compile_definitions(innkeeper_sqlite PRIVATE
    # Which system calls there are: fdatasync and pread64 among them.
    _HAVE_SQLITE_CONFIG_H
    # As Debian has it: what is erased is overwritten, and memory comes from the server's allocator.
    SQLITE_SECURE_DELETE SQLITE_OMIT_LOOKASIDE
    # No connection asks for another's pages, so that no page is locked.
    SQLITE_OMIT_SHARED_CACHE
    # SQLiteCpp asks where a column comes from.
    SQLITE_ENABLE_COLUMN_METADATA)
  add_library(SQLite::SQLite3 ALIAS innkeeper_sqlite)
else()
  find_package(SQLite3 REQUIRED)
endif()
