#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

/// Small files that people write: keys, certificates, lists. Editors put a byte order mark before
/// UTF-8, or save UTF-16, and no screen shows either. Reading blocks: for the start, and for
/// SIGHUP.
namespace innkeeper::transport {

struct text_file_fault {
  /// Begins with the file's name: "'keys' cannot be read: Permission denied".
  std::string sentence;
};

/// The file's text as plain_text() leaves it. Refused: what cannot be read, has more than 1 MiB or
/// is no plain text.
std::variant<text_file_fault, std::string> read_text_file(const std::filesystem::path& file);

/// Without the byte order marks that begin lines: files that were put together have them in the
/// middle too.
std::string plain_text(std::string_view text);

/// Whether reading it again gives something: not so for a pipe.
bool can_be_read_again(const std::filesystem::path& file);

}  // namespace innkeeper::transport
