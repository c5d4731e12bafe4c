#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/limit_table.hpp"

/// Numbers, sizes and times as an operator writes them: decimal, with the units that the help uses.
/// CLI11 has readings of its own, but takes 010 for 8 and stops at a blank. Pure functions: any
/// thread.
namespace innkeeper::app {

/// The error is a sentence that shows the text and says what is allowed; the caller puts the
/// option's name before it.
template <class T>
using reading = boost::system::result<T, std::string>;

/// Digits alone, up to `most`. `what` is for the sentence: "port", "number of threads".
reading<std::size_t> read_count(std::string_view text, std::string_view what, std::size_t most);

/// A limit's value: "500", "64 KiB" or "10 s" by its unit; a bare number is bytes or milliseconds.
/// "none" and 0 mean no limit.
reading<std::size_t> read_limit(std::string_view text, proto::limit_unit unit);

/// "500ms", "10 s", "5m", "1h" or "30d": more than nothing and at most 10 years.
reading<std::chrono::milliseconds> read_duration(std::string_view text);

/// Like read_duration, but a bare number means milliseconds.
reading<std::chrono::milliseconds> read_milliseconds(std::string_view text);

}  // namespace innkeeper::app
