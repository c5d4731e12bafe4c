// What admits: admins' keys, signed session ids, and buckets of tokens. Only what was made with the
// key is let in, and never more than is allowed.
#include <algorithm>
#include <string>
#include <vector>

#include "actors/room/admin_key.hpp"
#include "proto/digest.hpp"
#include "proto/limit_table.hpp"
#include "proto/session_signer.hpp"
#include "proto/token_buckets.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace innkeeper::fuzz {
namespace {

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

void check_admin_key(std::string_view text) {
  const std::string secret(16, 's');
  const auto key = proto::sha256_hex("lobby" + std::string(text) + secret);
  require(room::is_admin_key(key, "lobby", text, secret), "the right key is let in");
  require(room::is_admin_key(upper(key), "lobby", text, secret), "in either case");
  require(!room::is_admin_key(key, "attic", text, secret), "in its room only");
  require(room::is_admin_key(text, "lobby", "1", secret) ==
              (upper(std::string(text)) == upper(proto::sha256_hex("lobby1" + secret))),
          "and no other key is");
}

void check_signed_session(std::string_view text) {
  const proto::session_signer old({std::string(16, 'o')});
  const proto::session_signer both({std::string(16, 'n'), std::string(16, 'o')});
  const auto id = old.sign(text);
  require(id.size() == text.size() + 33, "a signature has a length");
  require(old.is_signed(id) && both.is_signed(id), "what was signed is known");
  require(!old.is_signed(both.sign(text)), "by its key only");
  require(!old.is_signed(text) || old.sign(text.substr(0, text.rfind('.'))) == text,
          "and nothing else is");
  auto changed = id;
  changed[text.size() / 2] = static_cast<char>(changed[text.size() / 2] ^ 1);
  require(!old.is_signed(changed), "a changed id is not");
}

/// Each byte is a take: by one of eight keys, up to 31 ms after the one before.
void check_buckets(std::string_view text) {
  constexpr std::size_t burst = 5;
  constexpr std::int64_t ms_each = 10;
  proto::token_buckets buckets(1, ms_each, burst);
  std::vector<std::size_t> taken(8);
  std::int64_t now_ms = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    now_ms += byte >> 3U;
    const std::uint64_t key = byte & 7U;
    const bool has = buckets.has(key, now_ms);
    require(buckets.take(key, now_ms) == has, "what is there can be taken");
    if (has) ++taken[key];
    require(taken[key] <= burst + static_cast<std::size_t>(now_ms / ms_each), "and no more");
  }
  require(buckets.size() <= taken.size(), "a bucket for each key at most");
  constexpr std::uint64_t crowd = 1025;
  for (std::uint64_t key = 100; key < 100 + crowd; ++key) buckets.take(key, now_ms + 60'000);
  require(buckets.size() <= crowd, "and none for who has not come for long");
}

void check_limit_text(std::string_view text) {
  std::size_t value = 0;
  for (const char c : text.substr(0, 8)) value = value << 8U | static_cast<unsigned char>(c);
  for (const auto unit :
       {proto::limit_unit::count, proto::limit_unit::bytes, proto::limit_unit::milliseconds}) {
    require(!proto::limit_text(value, unit).empty(), "every limit can be told");
  }
  const auto groups = proto::limit_groups();
  const auto& entries = groups[value % groups.size()].entries;
  const auto& entry = entries[value % entries.size()];
  require(entry.variable().starts_with("INNKEEPER_"), "every limit is a variable");
  require(!entry.default_text().empty(), "and has a default");
}

void check(std::string_view text) {
  check_admin_key(text);
  check_signed_session(text);
  check_buckets(text);
  check_limit_text(text);
}

}  // namespace
}  // namespace innkeeper::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innkeeper::fuzz::check(innkeeper::fuzz::as_text(data, size));
  return 0;
}
