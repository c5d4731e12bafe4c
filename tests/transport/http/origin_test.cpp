#include "transport/http/origin.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <variant>

using namespace innkeeper::transport;

namespace {

/// The browsers' form, or the sentence that refuses.
std::string read(std::string_view text) {
  const auto outcome = read_origin(text);
  if (const auto* fault = std::get_if<origin_fault>(&outcome)) return fault->sentence;
  return std::get<std::string>(outcome);
}

}  // namespace

TEST_CASE("an origin is brought to the form that browsers send") {
  CHECK(read("https://example.org") == "https://example.org");
  CHECK(read("HTTPS://Example.ORG") == "https://example.org");
  CHECK(read(" https://example.org\t") == "https://example.org");
  CHECK(read("https://example.org:443") == "https://example.org");
  CHECK(read("http://example.org:80") == "http://example.org");
  CHECK(read("http://example.org:0080") == "http://example.org");
  CHECK(read("https://example.org:80") == "https://example.org:80");
  CHECK(read("http://localhost:3000") == "http://localhost:3000");
  CHECK(read("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
  CHECK(read("https://xn--bcher-kva.example") == "https://xn--bcher-kva.example");
  CHECK(read("https://a_b.example.") == "https://a_b.example.");
}

TEST_CASE("apps, extensions and files have origins of their own schemes") {
  for (const auto* origin : {"capacitor://localhost", "ionic://localhost", "tauri://localhost",
                             "app://.", "app://obsidian.md", "chrome-extension://abcdefghijklmnop",
                             "moz-extension://1b2c3d4e-0000-4000-8000-000000000000", "file://",
                             "null", "vscode-webview://0a1b", "capacitor://localhost:80"}) {
    CHECK(read(origin) == origin);
  }
  CHECK(read("NULL") == "null");
}

TEST_CASE("an IPv6 host is written as the URL standard does") {
  CHECK(read("http://[::1]:3000") == "http://[::1]:3000");
  CHECK(read("http://[0:0:0:0:0:0:0:1]:80") == "http://[::1]");
  CHECK(read("https://[2001:DB8:0:0:1:0:0:1]") == "https://[2001:db8::1:0:0:1]");
  CHECK(read("https://[2001:db8:0:1:1:1:1:1]") == "https://[2001:db8:0:1:1:1:1:1]");
  CHECK(read("https://[::ffff:192.0.2.1]") == "https://[::ffff:c000:201]");
  CHECK(read("https://[::]") == "https://[::]");
  CHECK(read("https://[1::]") == "https://[1::]");
  CHECK(read("https://[1:0:0:2:0:0:0:3]") == "https://[1:0:0:2::3]");
}

TEST_CASE("what no browser sends is refused with words that say what to write") {
  const auto wrong = GENERATE(table<std::string, std::string>({
      {"https://example.org/", "has a path, which browsers do not send; write https://example.org"},
      {"https://example.org/chat?a=b", "write https://example.org"},
      {"https://example.org#top", "write https://example.org"},
      {"file:///", "write file://"},
      {"https://ann:secret@example.org", "write https://example.org"},
      {"https://*.example.org", "wildcard"},
      {"*", "leave the option out"},
      {"ws://example.org", "write http://example.org"},
      {"wss://example.org:8443", "write https://example.org:8443"},
      {"https://b\xC3\xBC"
       "cher.example",
       "xn--"},
      {"https://example.org:0", "port"},
      {"https://example.org:65536", "port"},
      {"https://example.org:", "port"},
      {"https://example.org:80a", "port"},
      {"https://example.org:-1", "port"},
      {"example.org", "write one like https://example.org"},
      {"example.org:8080/chat", "write one like https://example.org:8080"},
      {"//example.org", "has no scheme"},
      {"https:example.org", "has no scheme"},
      {"https://", "has no host"},
      {"https://:80", "has no host"},
      {"capacitor://:80", "has no host"},
      {"", "empty entry"},
      {"  ", "empty entry"},
      {"https://a.example https://b.example", "commas"},
      {"https://a.example;https://b.example", "commas"},
      {"https://a example", "blanks"},
      {"\"https://example.org\"", "quotation marks"},
      {"1https://example.org", "scheme"},
      {"http://::1:80", "brackets"},
      {"http://[::1", "brackets"},
      {"http://[::1]80", "brackets"},
      {"http://[fe80::1%eth0]", "brackets"},
      {"http://[example.org]", "brackets"},
      {"http://127.1", "http://127.0.0.1"},
      {"http://0x7f000001", "http://127.0.0.1"},
      {"http://127.0.0.01", "http://127.0.0.1"},
      {"http://127.0.0.1.", "http://127.0.0.1"},
      {"http://ex%61mple.org", "signs"},
      {"about://blank", "null"},
      {std::string("https://a\0b", 11), "blanks"},
  }));
  const auto& [text, words] = wrong;
  INFO(text << ": " << read(text));
  CHECK(std::holds_alternative<origin_fault>(read_origin(text)));
  CHECK_THAT(read(text), Catch::Contains(words));
}
