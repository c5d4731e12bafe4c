// Builds the authenticate messages of the conversations, good ones and all the wrong ones, and
// remembers some so that they can be said a second time.
#pragma once

#include <map>
#include <string>

#include "tests/support/exact_json.hpp"

namespace innkeeper::testing {

class admin_login {
 public:
  /// `how` says what is unusual about it; README.md beside the conversations lists the words.
  exact_json message(const exact_json& how, const std::string& room);

 private:
  struct credentials {
    exact_json ts;
    std::string key;
  };

  credentials fresh(const exact_json& how, const std::string& room);
  std::string next_timestamp(long long shift_ms);

  long long last_ms_ = 0;
  std::map<std::string, credentials> kept_;
};

}  // namespace innkeeper::testing
