#pragma once

#include <cstdint>
#include <string>

/// The `Date` of an answer, which tells caches and monitors when it was made (RFC 9110 sections
/// 5.6.7 and 6.6.1). Any thread.
namespace innkeeper::transport {

/// "Sun, 06 Nov 1994 08:49:37 GMT", of seconds since 1970-01-01 UTC; years 1970 to 9999.
std::string http_date(std::int64_t seconds);

/// That of now. Made once a second by each thread.
const std::string& current_http_date();

}  // namespace innkeeper::transport
