#include "app/entry_lists.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "proto/ascii.hpp"
#include "proto/limits.hpp"
#include "transport/http/origin.hpp"
#include "transport/socket/text_file.hpp"

namespace innkeeper::app {
namespace {

struct entry {
  std::string text;
  /// "--allowed-origins: ", and file and line if it comes from one.
  std::string place;
};

std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const auto end = text.find(separator);
    pieces.push_back(proto::trimmed(text.substr(0, end), proto::blanks_and_line_ends));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

/// Lines may end in a comma, so that empty entries mean nothing here.
void add_entries_of(std::string_view text, const std::string& place, std::vector<entry>& into) {
  std::size_t number = 0;
  for (const auto line : pieces_of(text, '\n')) {
    const auto line_place = place + ", line " + std::to_string(++number) + ": ";
    for (const auto each : pieces_of(line.substr(0, line.find('#')), ',')) {
      if (!each.empty()) into.push_back({std::string(each), line_place});
    }
  }
}

/// Those of a file; a sentence if it cannot be read or holds none.
std::optional<std::string> add_file(const std::string& option, std::string_view file,
                                    std::vector<entry>& into) {
  const auto text = transport::read_text_file(std::filesystem::path(file));
  if (const auto* fault = std::get_if<transport::text_file_fault>(&text)) {
    return option + ": " + fault->sentence;
  }
  const auto before = into.size();
  const auto place = option + ": '" + std::string(file) + "'";
  add_entries_of(std::get<std::string>(text), place, into);
  if (into.size() == before) return place + " has no entry";
  return std::nullopt;
}

/// `like` is what an entry looks like.
list_reading<std::vector<entry>> entries_of(const std::string& option, const std::string& like,
                                            const std::vector<std::string>& given) {
  std::vector<entry> entries;
  for (const auto& value : given) {
    for (const auto each : pieces_of(value, ',')) {
      if (each.empty()) return option + ": there is an empty entry; write one between commas";
      if (each == "@") {
        return option + ": '@' names no file; give an entry like " + like + ", or @ and a file";
      }
      if (!each.starts_with('@')) {
        entries.push_back({std::string(each), option + ": "});
      } else if (auto fault = add_file(option, each.substr(1), entries)) {
        return std::move(*fault);
      }
    }
  }
  if (entries.size() > proto::list_entries_max) {
    return option + ": there are more than " + std::to_string(proto::list_entries_max) + " entries";
  }
  return entries;
}

}  // namespace

list_reading<std::vector<std::string>> read_allowed_origins(const std::vector<std::string>& given) {
  const auto entries = entries_of("--allowed-origins", "https://example.org", given);
  if (!entries) return entries.error();
  std::vector<std::string> origins;
  for (const auto& each : *entries) {
    auto origin = transport::read_origin(each.text);
    if (const auto* fault = std::get_if<transport::origin_fault>(&origin)) {
      return each.place + fault->sentence;
    }
    origins.push_back(std::get<std::string>(std::move(origin)));
  }
  return origins;
}

list_reading<transport::address_set> read_trusted_proxies(const std::vector<std::string>& given) {
  const auto entries = entries_of("--trusted-proxies", "10.0.0.0/8", given);
  if (!entries) return entries.error();
  transport::address_set proxies;
  for (const auto& each : *entries) {
    if (!proxies.add(each.text)) {
      return each.place + "'" + each.text +
             "' is no network; give one like 10.0.0.0/8, fd00::/8 or 127.0.0.1";
    }
  }
  return proxies;
}

bool can_be_read_again(const std::vector<std::string>& given) {
  bool has_file = false;
  for (const auto& value : given) {
    for (const auto each : pieces_of(value, ',')) {
      if (!each.starts_with('@')) continue;
      has_file = true;
      if (!transport::can_be_read_again(std::filesystem::path(each.substr(1)))) return false;
    }
  }
  return has_file;
}

}  // namespace innkeeper::app
