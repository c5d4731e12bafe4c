#include "transport/http/turned_away.hpp"

#include <string>

namespace innkeeper::transport {
namespace {

namespace http = boost::beast::http;
using health::reason;

reason reason_of(admission_control::refusal why) {
  switch (why) {
    case admission_control::refusal::server_full:
      return reason::sockets_max;
    case admission_control::refusal::too_many_of_address:
      return reason::sockets_per_ip;
    case admission_control::refusal::too_fast:
      break;
  }
  return reason::connects_per_second;
}

std::string clause_of(admission_control::refusal why, const std::string& client) {
  switch (why) {
    case admission_control::refusal::server_full:
      return "no socket is left for " + client;
    case admission_control::refusal::too_many_of_address:
      return client + " has as many open sockets as it may";
    case admission_control::refusal::too_fast:
      break;
  }
  return client + " connects too fast";
}

}  // namespace

http_fault fault_of(admission_control::refusal why) {
  switch (why) {
    case admission_control::refusal::server_full:
      return {http::status::service_unavailable,
              "The server has as many connections as it can serve. Try again in a moment."};
    case admission_control::refusal::too_many_of_address:
      return {http::status::too_many_requests,
              "Too many connections from your address are open. Close some and try again."};
    case admission_control::refusal::too_fast:
      break;
  }
  return {http::status::too_many_requests,
          "Too many connections from your address. Try again in a moment."};
}

void report_refusal(health::monitor& to, admission_control::refusal why,
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
