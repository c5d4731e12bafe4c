#include "transport/socket/http_date.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace innkeeper::transport;

TEST_CASE("a date is written as HTTP wants it, whatever the day") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 9110
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(http_date(951782399) == "Mon, 28 Feb 2000 23:59:59 GMT");
  CHECK(http_date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
  CHECK(http_date(4102444800) == "Fri, 01 Jan 2100 00:00:00 GMT");
}

TEST_CASE("the date of now has the one form that HTTP has for it") {
  const auto& now = current_http_date();
  CHECK(now.size() == std::string("Sun, 06 Nov 1994 08:49:37 GMT").size());
  CHECK(now.ends_with(" GMT"));
}
