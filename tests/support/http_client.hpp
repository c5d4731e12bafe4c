// One HTTP request to a server on the loopback and its whole answer, with a deadline.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace innkeeper::testing {

struct http_request {
  std::string target = "/";
  std::string method = "GET";
  std::map<std::string, std::string> headers = {};
  std::string body{};
};

struct http_answer {
  unsigned status = 0;                         // 0: no answer, and `body` says why
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
  /// The content type without its parameters.
  std::string media_type() const;
};

http_answer fetch(std::uint16_t port, const http_request& request);

/// The value of one metric without labels on /metrics; -1 if it is not there.
double metric(std::uint16_t port, const std::string& name);

}  // namespace innkeeper::testing
