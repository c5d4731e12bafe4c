#pragma once

/// SQLite takes a read that ends early for the end of the file and goes on with zeros, in pages of
/// which it has half: rows would be misread, and then stored like that. From this call on, a read
/// that ends before the end of the file is asked for again, and fails if it ends again.
namespace innkeeper::storage {

/// For the whole process; before the first connection is opened. Again does no harm. Any thread.
void insist_on_whole_reads();

}  // namespace innkeeper::storage
