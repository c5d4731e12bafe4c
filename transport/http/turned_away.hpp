#pragma once

#include <boost/asio/ip/address.hpp>

#include "health/monitor.hpp"
#include "transport/http/request_parts.hpp"
#include "transport/limits/admission_control.hpp"

/// A client that a limit of the door turns away: what it is answered, and what the server's owner
/// hears of it. Any thread.
namespace innkeeper::transport {

http_fault fault_of(admission_control::refusal why);
void report_refusal(health::monitor& to, admission_control::refusal why,
                    const boost::asio::ip::address& client);

/// Too many HTTP requests.
http_fault too_many_requests_fault();
void report_too_many_requests(health::monitor& to, const boost::asio::ip::address& client);

}  // namespace innkeeper::transport
