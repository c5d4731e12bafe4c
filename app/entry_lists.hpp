#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <vector>

#include "transport/socket/address.hpp"

/// Lists of origins and of networks, given on the command line or in files that it names by
/// "@FILE": an entry a line or several with commas between them, comments behind "#". Reading
/// blocks: for the start, and for SIGHUP.
namespace innkeeper::app {

/// The error is a sentence that names the option, and file and line if it is in one: an entry that
/// can match nothing, an empty one, or a list without any. A list is taken whole or not at all.
template <class List>
using list_reading = boost::system::result<List, std::string>;

/// In the form that browsers send. `given` are the option's values; none give an empty list.
list_reading<std::vector<std::string>> read_allowed_origins(const std::vector<std::string>& given);

list_reading<transport::address_set> read_trusted_proxies(const std::vector<std::string>& given);

/// Whether a part of the list stands in a file that can be read again.
bool can_be_read_again(const std::vector<std::string>& given);

}  // namespace innkeeper::app
