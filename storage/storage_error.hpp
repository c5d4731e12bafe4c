#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>

/// How storage tells of a failure: by a sentence for the person who runs the server. Values: any
/// thread.
namespace innkeeper::storage {

struct storage_error {
  std::string sentence;
  /// Nothing has failed: the rows are on their way, and the same read gives them later. Only reads
  /// answer so.
  bool not_here_yet = false;
};

/// What failed and why, as one sentence: a library's reason ends with a full stop or without.
inline std::string sentence_of(std::string_view what, std::string_view why) {
  while (why.ends_with('.')) why.remove_suffix(1);
  return std::string(what).append(": ").append(why).append(".");
}

/// A path as these sentences show it.
inline std::string quoted_path(const std::filesystem::path& file) {
  return "'" + file.string() + "'";
}

/// Asked for by boost::system::result when a value is taken that is not there: our own bug.
[[noreturn]] void throw_exception_from_error(const storage_error& error,
                                             const boost::source_location& where);

template <class T>
using result = boost::system::result<T, storage_error>;

}  // namespace innkeeper::storage
