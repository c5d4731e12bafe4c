#include "tests/room/phrases.hpp"

namespace innkeeper::testing {

std::string profile(std::int64_t suffix, std::string_view session, std::string_view properties,
                    std::string_view role) {
  return R"({"type":"profile","data":{"suffix":)" + std::to_string(suffix) + R"(,"properties":)" +
         std::string(properties) + R"(,"id":")" + std::string(session) +
         R"(","connectionDetails":{"country":"NL"},"role":")" + std::string(role) + R"("}})";
}

std::string config(std::string_view text) {
  return R"({"type":"config","data":")" + std::string(text) + R"("})";
}

std::string vote(std::string_view type, std::string_view id, std::string_view answer) {
  return R"({"type":")" + std::string(type) + R"(","data":{"id":")" + std::string(id) +
         R"(","answer":")" + std::string(answer) + R"("}})";
}

std::string stats(std::string_view type, std::string_view id, std::string_view votes) {
  return R"({"type":")" + std::string(type) + R"(","data":{"id":")" + std::string(id) +
         R"(","stats":)" + std::string(votes) + "}}";
}

std::string count(std::string_view id, std::string_view value) {
  return R"({"type":"counter","data":{"id":")" + std::string(id) + R"(","value":)" +
         std::string(value) + "}}";
}

std::string subscribe(std::string_view channel) {
  return R"({"type":"subscribe","data":")" + std::string(channel) + R"("})";
}

std::string unsubscribe(std::string_view channel) {
  return R"({"type":"unsubscribe","data":")" + std::string(channel) + R"("})";
}

std::string relay(std::string_view type) {
  return R"({"type":"relay","data":")" + std::string(type) + R"("})";
}

std::string relayed(std::string_view type, std::string_view type_and_data, std::int64_t suffix,
                    std::string_view session, std::string_view properties, std::string_view role) {
  return R"({"type":"relay:)" + std::string(type) + R"(","data":{)" + std::string(type_and_data) +
         R"(,"user":{"suffix":)" + std::to_string(suffix) + R"(,"properties":)" +
         std::string(properties) + R"(,"id":")" + std::string(session) +
         R"(","connectionDetails":{"country":"NL"},"role":")" + std::string(role) + R"("}}})";
}

}  // namespace innkeeper::testing
