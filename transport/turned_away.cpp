#include "transport/turned_away.hpp"

#include <string>

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;
using health::reason;

reason reason_of(door::refusal why) {
  switch (why) {
    case door::refusal::server_full:
      return reason::sockets_max;
    case door::refusal::too_many_of_address:
      return reason::sockets_per_ip;
    case door::refusal::too_fast:
      break;
  }
  return reason::connects_per_second;
}

std::string clause_of(door::refusal why, const std::string& client) {
  switch (why) {
    case door::refusal::server_full:
      return "no socket is left for " + client;
    case door::refusal::too_many_of_address:
      return client + " has as many open sockets as it may";
    case door::refusal::too_fast:
      break;
  }
  return client + " connects too fast";
}

}  // namespace

http_fault fault_of(door::refusal why) {
  switch (why) {
    case door::refusal::server_full:
      return {http::status::service_unavailable,
              "The server has as many connections as it can serve. Try again in a moment."};
    case door::refusal::too_many_of_address:
      return {http::status::too_many_requests,
              "Too many connections from your address are open. Close some and try again."};
    case door::refusal::too_fast:
      break;
  }
  return {http::status::too_many_requests,
          "Too many connections from your address. Try again in a moment."};
}

void report_refusal(health::monitor& to, door::refusal why,
                    const boost::asio::ip::address& client) {
  to.report(reason_of(why), clause_of(why, client.to_string()));
}

http_fault too_many_requests_fault() {
  return {http::status::too_many_requests,
          "Too many requests from your address. Try again in a moment."};
}

void report_too_many_requests(health::monitor& to, const boost::asio::ip::address& client) {
  to.report(reason::requests_per_second, client.to_string() + " asks too fast");
}

}  // namespace innkeeper::transport
