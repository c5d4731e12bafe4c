#include "transport/socket/text_file.hpp"
#include "proto/limits.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <variant>

#include "tests/support/temporary_directory.hpp"

using namespace innkeeper::transport;
using innkeeper::testing::temporary_directory;

namespace {

/// The text, or the sentence that refuses.
std::string read(const std::filesystem::path& file) {
  const auto outcome = read_text_file(file);
  if (const auto* fault = std::get_if<text_file_fault>(&outcome)) return fault->sentence;
  return std::get<std::string>(outcome);
}

}  // namespace

TEST_CASE("a text file is read without its byte order marks") {
  const temporary_directory place;
  const auto file = place.path() / "text";
  const auto stored = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    return read(file);
  };
  CHECK(stored("a\nb\n") == "a\nb\n");
  CHECK(stored("").empty());
  CHECK(stored("\xEF\xBB\xBF"
               "a\r\nb") == "a\r\nb");
  CHECK(stored("\xEF\xBB\xBF"
               "a\n\xEF\xBB\xBF"
               "b\n") == "a\nb\n");
  CHECK(stored("\xEF\xBB\xBF").empty());
  CHECK(stored("a\xEF\xBB\xBF"
               "b") ==
        "a\xEF\xBB\xBF"
        "b");
}

TEST_CASE("a file that is no plain text is refused by name") {
  const temporary_directory place;
  const auto file = place.path() / "keys.txt";
  const auto stored = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    CHECK_THAT(read(file), Catch::StartsWith("'" + file.string() + "' "));
    return read(file);
  };
  CHECK_THAT(stored(std::string("\xFF\xFE"
                                "a\0b\0",
                                6)),
             Catch::Contains("UTF-16"));
  CHECK_THAT(stored(std::string("\xFE\xFF\0a\0b", 6)), Catch::Contains("UTF-16"));
  CHECK_THAT(stored(std::string("a\0b\0", 4)), Catch::Contains("NUL"));
  CHECK(read(place.path() / "not there").find("No such file") != std::string::npos);
  CHECK(read(place.path()).find("Is a directory") != std::string::npos);
}

TEST_CASE("a text file has at most 1 MiB") {
  const temporary_directory place;
  const auto file = place.path() / "text";
  std::ofstream(file) << std::string(innkeeper::proto::text_file_bytes_max, 'x');
  CHECK(read(file).size() == innkeeper::proto::text_file_bytes_max);
  std::ofstream(file, std::ios::app) << 'x';
  CHECK_THAT(read(file), Catch::Contains("more than 1 MiB"));
}

TEST_CASE("a pipe cannot be read again") {
  const temporary_directory place;
  const auto pipe = place.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_FALSE(can_be_read_again(pipe));
  std::ofstream(place.path() / "file") << "x";
  CHECK(can_be_read_again(place.path() / "file"));
  CHECK(can_be_read_again(place.path() / "not there"));
}
