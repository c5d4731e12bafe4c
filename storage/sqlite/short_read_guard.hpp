#pragma once

/// SQLite fills a short read with zeros, so a short read inside the file would corrupt a page. From
/// this call on, a read that returns nothing before the end of the file is retried once. Then it
/// fails with EIO.
namespace innkeeper::storage {

/// For the whole process. Call it before the first connection is opened; repeated calls are
/// harmless. Any thread.
void insist_on_whole_reads();

}  // namespace innkeeper::storage
