#include "transport/socket/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "proto/limits.hpp"

namespace innkeeper::transport {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct closes_file {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

text_file_fault fault(const std::filesystem::path& file, const std::string& what) {
  return {"'" + file.string() + "' " + what};
}

text_file_fault unreadable(const std::filesystem::path& file, int error) {
  return fault(file, "cannot be read: " + std::generic_category().message(error));
}

bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

}  // namespace

std::variant<text_file_fault, std::string> read_text_file(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, closes_file> opened(std::fopen(file.c_str(), "rbe"));
  if (!opened) return unreadable(file, errno);
  std::string text;
  std::array<char, 4096> piece{};
  while (const auto size = std::fread(piece.data(), 1, piece.size(), opened.get())) {
    text.append(piece.data(), size);
    if (text.size() > proto::text_file_bytes_max) {
      return fault(file, "has more than 1 MiB and is no such file");
    }
  }
  if (std::ferror(opened.get()) != 0) return unreadable(file, errno);
  if (is_utf16(text)) {
    return fault(file, "is saved as UTF-16, which is not understood here; save it as UTF-8");
  }
  if (text.find('\0') != std::string::npos) {
    return fault(
        file,
        "is no plain text: it has NUL bytes, as UTF-16 and binary files (DER) have; save it "
        "as text in UTF-8, and certificates and keys as PEM");
  }
  return plain_text(text);
}

std::string plain_text(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    while (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    const auto line = text.substr(0, text.find('\n'));
    const auto taken = line.size() < text.size() ? line.size() + 1 : line.size();
    plain.append(text.substr(0, taken));
    text.remove_prefix(taken);
  }
  return plain;
}

bool can_be_read_again(const std::filesystem::path& file) {
  std::error_code error;
  const auto kind = std::filesystem::status(file, error).type();
  return kind != std::filesystem::file_type::fifo && kind != std::filesystem::file_type::socket &&
         kind != std::filesystem::file_type::character;
}

}  // namespace innkeeper::transport
