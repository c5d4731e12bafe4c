#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Signing keys, one a line, as people and their editors write them. Reading a file blocks: for the
/// start, and for SIGHUP.
namespace innkeeper::app {

/// Fewer could be guessed. The owner is asked for a better one, no client meets this bound.
inline constexpr std::size_t signing_key_bytes_min = 16;

/// The error is a sentence that says where the mistake is, never the key.
using signing_keys_reading = boost::system::result<std::vector<std::string>, std::string>;

/// The keys in a text, which comes from `place` ("INNKEEPER_SIGNING_KEY"): lines without the blanks
/// at their ends; empty lines do not count.
signing_keys_reading read_signing_keys(std::string_view text, const std::string& place);

/// Sentences on keys that were probably not meant so: in quotation marks, which count (a shell
/// takes them off, but Docker leaves them in its files of variables), or meant for comments.
std::vector<std::string> doubts_about_keys(const std::vector<std::string>& keys);

/// Those in the file of --signing-key-file; at least one.
signing_keys_reading read_signing_key_file(const std::filesystem::path& file);

}  // namespace innkeeper::app
