#include "app/rooms/room_request.hpp"

#include <utility>

#include "proto/names.hpp"
#include "transport/http/request_parts.hpp"

namespace innkeeper::app {

std::variant<transport::http_fault, std::string> requested_room(std::string_view target) {
  auto name = transport::query_parameter(target, "room").value_or("");
  if (name.empty()) name = "default";
  if (auto fault = proto::room_name_fault(name)) {
    return transport::http_fault{boost::beast::http::status::bad_request, std::move(*fault)};
  }
  return name;
}

}  // namespace innkeeper::app
