# What other projects build on: innkeeper::innkeeper for a server, innkeeper::testing for the tests of its objects. Both
# names hold for find_package, after `cmake --install`, and for FetchContent and add_subdirectory.
include(CMakePackageConfigHelpers)

# All that a server is linked with.
add_library(innkeeper_server INTERFACE)
target_link_libraries(innkeeper_server INTERFACE innkeeper_app innkeeper_allocator)
set_target_properties(innkeeper_server PROPERTIES EXPORT_NAME innkeeper)
add_library(innkeeper::innkeeper ALIAS innkeeper_server)

set(libraries options allocator health memory proto failpoints_off storage sqlite_store durable sockets testing room
    loop socket limits websocket gateway http room_routes app)
set(brings_sqlite OFF)
if(INNKEEPER_SQLITE)
  set(brings_sqlite ON)
  list(APPEND libraries sqlite)
endif()
foreach(library ${libraries})
  add_library(innkeeper::${library} ALIAS innkeeper_${library})
  set_target_properties(innkeeper_${library} PROPERTIES EXPORT_NAME ${library})
endforeach()
list(TRANSFORM libraries PREPEND innkeeper_)

# The headers that a kind of object needs, and what those include. They have one folder to themselves.
set(public_headers
  actors/durable/durable_object.hpp
  actors/durable/key_value.hpp
  actors/sockets/socket_message.hpp
  actors/sockets/socket_object.hpp
  actors/testing/lone_object.hpp
  actors/testing/lone_socket_object.hpp
  actors/testing/memory_rows.hpp
  app/object_kinds.hpp
  app/program.hpp
  actors/sockets/topic.hpp
  proto/close_codes.hpp
  proto/frame.hpp
  proto/limits.hpp
  proto/role.hpp
  actors/sockets/subscriptions.hpp
  storage/hand_edits.hpp
  storage/row_reader.hpp
  storage/storage_error.hpp
  storage/table.hpp
  storage/write_batch.hpp)
list(TRANSFORM public_headers PREPEND ${PROJECT_SOURCE_DIR}/)
target_sources(innkeeper_server INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${public_headers})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/innkeeper)
set(generated ${PROJECT_BINARY_DIR}/package)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/innkeeperConfig.cmake.in ${generated}/innkeeperConfig.cmake
  INSTALL_DESTINATION ${package_folder})
# Before 1.0 each minor version may break what was built on the last.
write_basic_package_version_file(${generated}/innkeeperConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS ${libraries} innkeeper_server EXPORT innkeeper
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/innkeeper)
install(EXPORT innkeeper NAMESPACE innkeeper:: FILE innkeeperTargets.cmake DESTINATION ${package_folder})
install(FILES ${generated}/innkeeperConfig.cmake ${generated}/innkeeperConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/plain_libraries.cmake
  DESTINATION ${package_folder})
