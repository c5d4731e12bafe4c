#pragma once

#include <boost/asio/ip/address.hpp>

#include "health/monitor.hpp"
#include "transport/door.hpp"
#include "transport/handshake.hpp"

/// A client that a limit of the door turns away: what it is answered, and what the server's owner
/// hears of it. Any thread.
namespace innkeeper::transport {

http_fault fault_of(door::refusal why);
void report_refusal(health::monitor& to, door::refusal why, const boost::asio::ip::address& client);

/// Too many HTTP requests.
http_fault too_many_requests_fault();
void report_too_many_requests(health::monitor& to, const boost::asio::ip::address& client);

}  // namespace innkeeper::transport
