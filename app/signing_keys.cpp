#include "app/signing_keys.hpp"

#include <algorithm>
#include <variant>

#include "transport/socket/text_file.hpp"

namespace innkeeper::app {
namespace {

std::string_view without_blanks_behind(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\v\f\r\n");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

bool is_in_quotation_marks(std::string_view key) {
  return key.front() == key.back() && (key.front() == '"' || key.front() == '\'');
}

}  // namespace

signing_keys_reading read_signing_keys(std::string_view text, const std::string& place) {
  std::vector<std::string> keys;
  const auto plain = transport::plain_text(text);
  std::string_view rest = plain;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto end = rest.find_first_of("\r\n");
    const auto key = without_blanks_behind(rest.substr(0, end));
    const bool pair = end != std::string_view::npos && rest.substr(end).starts_with("\r\n");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + (pair ? 2 : 1));
    if (key.empty()) continue;
    if (key.size() < signing_key_bytes_min) {
      return place + ", line " + std::to_string(number) + ": the signing key has " +
             std::to_string(key.size()) +
             " bytes and needs at least 16; make one with: openssl rand -hex 32";
    }
    keys.emplace_back(key);
  }
  return keys;
}

std::vector<std::string> doubts_about_keys(const std::vector<std::string>& keys) {
  std::vector<std::string> doubts;
  if (std::ranges::any_of(keys, is_in_quotation_marks)) {
    doubts.emplace_back("a signing key stands in quotation marks, which count as a part of it");
  }
  if (std::ranges::any_of(keys, [](const auto& key) { return key.starts_with('#'); })) {
    doubts.emplace_back(
        "a signing key begins with '#': there are no comments among keys, so that it counts as "
        "one");
  }
  return doubts;
}

signing_keys_reading read_signing_key_file(const std::filesystem::path& file) {
  const auto text = transport::read_text_file(file);
  if (const auto* fault = std::get_if<transport::text_file_fault>(&text)) {
    return "--signing-key-file: " + fault->sentence;
  }
  const auto place = "--signing-key-file: '" + file.string() + "'";
  auto keys = read_signing_keys(std::get<std::string>(text), place);
  if (keys && keys->empty()) return place + " is empty: it holds no signing key";
  return keys;
}

}  // namespace innkeeper::app
