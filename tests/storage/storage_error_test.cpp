#include "storage/storage_error.hpp"

#include <catch2/catch.hpp>

using innkeeper::storage::sentence_of;

TEST_CASE("a storage error's sentence ends with one full stop") {
  CHECK(sentence_of("Cannot read the database", "disk I/O error") ==
        "Cannot read the database: disk I/O error.");
  CHECK(sentence_of("Cannot read the database", "It is locked.") ==
        "Cannot read the database: It is locked.");
  CHECK(sentence_of("Cannot read the database", "and so on...") ==
        "Cannot read the database: and so on.");
}
