#include "transport/http/turned_away.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace innkeeper;
using transport::admission_control;

namespace {

std::uint64_t count_of(const health::monitor& of, health::reason what) {
  const auto all = of.troubles();
  return std::ranges::find(all, what, &health::trouble::what)->count;
}

}  // namespace

TEST_CASE("each limit of the door has its reason in the owner's log, with the client's address") {
  std::vector<std::string> lines;
  health::monitor watched([&](auto, const std::string& line) { lines.push_back(line); });
  const auto client = boost::asio::ip::make_address("192.0.2.7");
  report_refusal(watched, admission_control::refusal::server_full, client);
  report_refusal(watched, admission_control::refusal::too_many_of_address, client);
  report_refusal(watched, admission_control::refusal::too_fast, client);
  transport::report_too_many_requests(watched, client);
  using enum health::reason;
  for (const auto what : {sockets_max, sockets_per_ip, connects_per_second, requests_per_second}) {
    CHECK(count_of(watched, what) == 1);
  }
  REQUIRE(lines.size() == 4);
  for (const auto& line : lines) CHECK(line.find("192.0.2.7") != std::string::npos);
}

TEST_CASE("a full server answers 503, a greedy address gets 429, each with a sentence") {
  CHECK(static_cast<int>(transport::fault_of(admission_control::refusal::server_full).status) ==
        503);
  CHECK(static_cast<int>(transport::fault_of(admission_control::refusal::too_fast).status) == 429);
  CHECK(static_cast<int>(
            transport::fault_of(admission_control::refusal::too_many_of_address).status) == 429);
  for (const auto why :
       {admission_control::refusal::server_full, admission_control::refusal::too_many_of_address,
        admission_control::refusal::too_fast}) {
    CHECK(transport::fault_of(why).sentence.ends_with('.'));
  }
}
