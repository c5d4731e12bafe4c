// An HTTP request, as it comes: whatever can be read is answered without a fault of ours, and what
// is taken from it keeps the rules that it is taken by.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "app/rooms/room_request.hpp"
#include "app/rooms/session_cookie.hpp"
#include "proto/limits.hpp"
#include "proto/names.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "transport/http/connection_details.hpp"
#include "transport/http/remote_client.hpp"
#include "transport/http/request_parts.hpp"
#include "transport/websocket/deflate_offer.hpp"

namespace innkeeper::fuzz {
namespace {

namespace http = boost::beast::http;
using json = nlohmann::json;

std::optional<transport::http_request> read(std::string_view bytes) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(32U * 1024);
  parser.eager(false);
  boost::system::error_code error;
  while (!bytes.empty() && !parser.is_header_done()) {
    const auto used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error || used == 0) return std::nullopt;
    bytes.remove_prefix(used);
  }
  if (!parser.is_header_done()) return std::nullopt;
  return transport::http_request(std::move(parser.get().base()));
}

void check_query(std::string_view target) {
  const auto all = transport::query_parameters(target);
  for (const auto& one : all) {
    const auto first = std::find_if(all.begin(), all.end(),
                                    [&](const auto& each) { return each.first == one.first; });
    require(transport::query_parameter(target, one.first) == first->second,
            "the first parameter of a name is found");
  }
  const auto room = app::requested_room(target);
  if (const auto* name = std::get_if<std::string>(&room)) {
    require(!proto::room_name_fault(*name), "a room that is asked for can be one");
  }
  const auto path = transport::path_of(target);
  require(target.starts_with(path) && path.find('?') == std::string_view::npos,
          "a path is the beginning of its target");
  if (const auto object = transport::path_of_object(target)) {
    require(path.size() >= object->kind.size() + object->name.size(), "a path holds its object");
  }
}

void check_session(const transport::http_request& request) {
  constexpr const char* object = "c0ffee";
  for (const bool use_cookies : {false, true}) {
    const auto session = app::named_session(request, object, use_cookies);
    const auto* id = std::get_if<std::string>(&session);
    if (id == nullptr || id->empty()) continue;
    require(!proto::session_id_fault(*id), "a session that is named can be one");
    const auto cookie = app::session_cookie(object, *id);
    require(cookie.find_first_of("\r\n") == std::string::npos, "a cookie is one line");
  }
}

void check_visitor(const transport::http_request& request) {
  transport::peer from;
  from.address = boost::asio::ip::make_address("10.1.2.3");
  const auto stranger = transport::resolve_remote_client(request, from, {});
  require(stranger.address == from.address && !stranger.secure && !stranger.behind_proxy,
          "nobody is believed who is not trusted");
  transport::address_set trusted;
  trusted.add("10.0.0.0/8");
  const auto told = transport::resolve_remote_client(request, from, trusted);
  require(told.behind_proxy, "a trusted proxy speaks for another");
  transport::network_of(told.address);
  require(json::accept(transport::connection_details(told, request, nullptr)),
          "what is told of places is JSON");
  const auto own = transport::origin_of(request, false, {"https://example.org"});
  require(request.find(http::field::origin) != request.end() || own == transport::origin_kind::own,
          "without a page there is no foreign site");
}

void check(std::string_view bytes) {
  const auto request = read(bytes);
  if (!request) return;
  const auto field = request->target();
  check_query({field.data(), field.size()});
  check_session(*request);
  check_visitor(*request);
  if (const auto fault = transport::upgrade_fault(*request)) {
    require(!fault->sentence.empty(), "a refusal says why");
  }
  if (const auto answer = transport::deflate_answer(*request)) {
    require(answer->starts_with("permessage-deflate; server_no_context_takeover"),
            "what is answered to offers is not the client's");
  }
}

}  // namespace
}  // namespace innkeeper::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innkeeper::fuzz::check(innkeeper::fuzz::as_text(data, size));
  return 0;
}
