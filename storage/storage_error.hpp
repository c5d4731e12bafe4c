#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>

/// A failure of storage: a sentence for the operator. Values: any thread.
namespace innkeeper::storage {

struct storage_error {
  std::string sentence;
  /// No failure: the rows are being fetched, and a later read returns them. Only reads set this.
  bool not_here_yet = false;
};

/// One sentence from what failed and why; `why` may end with a full stop.
inline std::string sentence_of(std::string_view what, std::string_view why) {
  while (why.ends_with('.')) why.remove_suffix(1);
  return std::string(what).append(": ").append(why).append(".");
}

/// The form of a path in these sentences.
inline std::string quoted_path(const std::filesystem::path& file) {
  return "'" + file.string() + "'";
}

/// Called by boost::system::result when code takes the value of an error: our own bug. Throws
/// std::logic_error.
[[noreturn]] void throw_exception_from_error(const storage_error& error,
                                             const boost::source_location& where);

template <class T>
using result = boost::system::result<T, storage_error>;

}  // namespace innkeeper::storage
