#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// From the bottom up; rooms do not use what objects with plain sockets do.
const std::vector<std::string> layers{
    "health",         "proto",       "storage",   "actors/durable",
    "actors/sockets", "actors/room", "transport", "app"};

std::optional<std::size_t> layer_of(const std::string& file) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (file.starts_with(layers[i] + "/")) return i;
  }
  return std::nullopt;
}

std::vector<std::string> includes_of(const fs::path& file) {
  static const std::regex directive(R"(^\s*#\s*include\s*["<]([^">]+)[">])");
  std::vector<std::string> found;
  std::ifstream text(file);
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (std::regex_search(line, match, directive)) found.push_back(match[1]);
  }
  return found;
}

/// Path from the root -> what it includes, for every source of every layer.
std::map<std::string, std::vector<std::string>> all_includes() {
  const fs::path root(INNKEEPER_SOURCES);
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& layer : layers) {
    for (const auto& entry : fs::recursive_directory_iterator(root / layer)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      all[fs::relative(entry.path(), root).generic_string()] = includes_of(entry.path());
    }
  }
  return all;
}

bool begins_with_any(const std::string& text, const std::vector<std::string>& prefixes) {
  return std::ranges::any_of(prefixes, [&](const auto& p) { return text.starts_with(p); });
}

}  // namespace

TEST_CASE("no layer includes one above it") {
  const auto all = all_includes();
  REQUIRE(all.size() > 50);
  for (const auto& [file, includes] : all) {
    for (const auto& include : includes) {
      const auto above = layer_of(include);
      if (!above) continue;
      INFO(file << " includes " << include);
      CHECK(*above <= *layer_of(file));
    }
  }
}

TEST_CASE("a library stays in the layer that it was chosen for") {
  const std::map<std::string, std::vector<std::string>> home{
      {"boost/beast", {"transport/"}},
      {"boost/asio", {"transport/"}},
      {"SQLiteCpp/", {"storage/"}},
      {"sqlite3.h", {"storage/"}},
      {"nlohmann/", {}},  // the tests' second opinion
      {"openssl/",
       {"proto/admin_key.cpp", "proto/session_signer.cpp", "transport/tls",
        "transport/web_pages.cpp"}},
      {"zlib.h", {"transport/deflate.cpp"}},
      {"maxminddb.h", {"transport/geo_reader.cpp"}},
      {"caf/", {"actors/durable/", "transport/", "app/server.cpp"}},
      {"prometheus/", {"transport/figures", "transport/metrics"}},
      {"spdlog/", {"app/"}},
      {"CLI/", {"app/options.cpp", "app/limit_flags.cpp"}}};
  for (const auto& [file, includes] : all_includes()) {
    for (const auto& include : includes) {
      for (const auto& [library, places] : home) {
        if (!include.starts_with(library)) continue;
        INFO(file << " includes " << include);
        CHECK(begins_with_any(file, places));
      }
    }
  }
}

TEST_CASE("headers show no JSON or SQLite type to other layers") {
  for (const auto& [file, includes] : all_includes()) {
    const bool header = file.ends_with(".hpp") && file != "storage/row_statements.hpp";
    if (!header) continue;
    for (const auto& include : includes) {
      INFO(file << " includes " << include);
      CHECK_FALSE(begins_with_any(include, {"nlohmann/", "SQLiteCpp/", "sqlite3.h"}));
      CHECK(include != "caf/all.hpp");
    }
  }
}

TEST_CASE("the runtime knows no room") {
  for (const auto& [file, includes] : all_includes()) {
    if (!file.starts_with("actors/durable/")) continue;
    std::ifstream opened(fs::path(INNKEEPER_SOURCES) / file);
    const std::string text{std::istreambuf_iterator<char>(opened), {}};
    INFO(file);
    CHECK(text.find("namespace innkeeper::room") == std::string::npos);
    CHECK(text.find("room::") == std::string::npos);
  }
}
