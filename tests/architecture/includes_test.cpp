#include <algorithm>
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

/// Each folder, and those that its sources may include besides their own.
const std::map<std::string, std::vector<std::string>> arrows{
    {"health", {}},
    {"memory", {}},
    {"proto", {}},
    {"storage", {}},
    {"storage/sqlite", {"health", "storage"}},
    {"actors/durable", {"health", "proto", "storage"}},
    {"actors/sockets", {"health", "proto", "storage", "actors/durable"}},
    {"actors/room", {"health", "proto", "storage", "actors/durable", "actors/sockets"}},
    {"actors/testing", {"proto", "storage", "actors/durable", "actors/sockets"}},
    {"transport/loop", {"health", "memory"}},
    {"transport/socket", {"health", "proto", "transport/loop"}},
    {"transport/limits", {"health", "proto"}},
    {"transport/websocket",
     {"health", "memory", "proto", "transport/loop", "transport/socket", "transport/limits"}},
    {"transport/gateway",
     {"health", "memory", "proto", "actors/durable", "actors/sockets", "transport/loop",
      "transport/limits", "transport/websocket"}},
    {"transport/http",
     {"health", "memory", "proto", "actors/durable", "actors/sockets", "transport/loop",
      "transport/socket", "transport/limits", "transport/websocket", "transport/gateway"}},
    {"app/rooms",
     {"proto", "actors/durable", "actors/sockets", "actors/room", "transport/websocket",
      "transport/gateway", "transport/http"}},
    {"app",
     {"health", "memory", "proto", "storage", "storage/sqlite", "actors/durable", "actors/sockets",
      "actors/room", "transport/loop", "transport/socket", "transport/limits",
      "transport/websocket", "transport/gateway", "transport/http", "app/rooms"}}};

/// The folder with an arrow of its own that a source lies in; nothing if it is not ours.
std::optional<std::string> folder_of(const std::string& file) {
  for (auto folder = fs::path(file).parent_path(); !folder.empty(); folder = folder.parent_path()) {
    if (arrows.contains(folder.generic_string())) return folder.generic_string();
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

/// Path from the root -> what it includes, for every source of every folder.
std::map<std::string, std::vector<std::string>> all_includes() {
  const fs::path root(INNKEEPER_SOURCES);
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& [folder, below] : arrows) {
    for (const auto& entry : fs::directory_iterator(root / folder)) {
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

TEST_CASE("a folder includes only those that its arrows lead to") {
  const auto all = all_includes();
  REQUIRE(all.size() > 200);
  for (const auto& [file, includes] : all) {
    const auto from = folder_of(file);
    REQUIRE(from);
    for (const auto& include : includes) {
      const auto to = folder_of(include);
      if (!to || *to == *from) continue;
      INFO(file << " includes " << include);
      CHECK(std::ranges::count(arrows.at(*from), *to) == 1);
    }
  }
}

TEST_CASE("no arrow runs back") {
  for (const auto& [from, below] : arrows) {
    std::set<std::string> reached(below.begin(), below.end());
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const auto& each : std::set(reached)) {
        const auto& next = arrows.at(each);
        reached.insert(next.begin(), next.end());
      }
    }
    INFO(from);
    CHECK_FALSE(reached.contains(from));
  }
}

TEST_CASE(
    "every folder with sources has a row, at most 25 units, and none of more than 400 lines") {
  const fs::path root(INNKEEPER_SOURCES);
  for (const auto* top : {"health", "memory", "proto", "storage", "actors", "transport", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      INFO(entry.path());
      CHECK(folder_of(fs::relative(entry.path(), root).generic_string()) ==
            fs::relative(entry.path().parent_path(), root).generic_string());
      std::ifstream text(entry.path());
      CHECK(std::count(std::istreambuf_iterator<char>(text), {}, '\n') <= 400);
    }
  }
  for (const auto& [folder, below] : arrows) {
    std::set<std::string> units;
    for (const auto& entry : fs::directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension == ".hpp" || extension == ".cpp") units.insert(entry.path().stem().string());
    }
    INFO(folder);
    CHECK(units.size() <= 25);
  }
}

TEST_CASE("a library stays in the layer that it was chosen for") {
  const std::map<std::string, std::vector<std::string>> home{
      {"boost/beast", {"transport/", "app/rooms/"}},
      {"boost/asio", {"transport/", "app/rooms/"}},
      {"SQLiteCpp/", {"storage/sqlite/"}},
      {"sqlite3.h", {"storage/sqlite/"}},
      {"boost/json", {"proto/json_library.cpp"}},
      {"nlohmann/",
       {"proto/", "actors/room/server_message.cpp", "actors/sockets/subscriptions.cpp",
        "transport/http/connection_details.cpp"}},
      {"openssl/",
       {"proto/digest.cpp", "actors/room/admin_key.cpp", "proto/session_signer.cpp",
        "transport/socket/tls", "app/rooms/web_pages.cpp"}},
      {"zlib.h", {"transport/websocket/deflate.cpp"}},
      {"maxminddb.h", {"transport/http/geo_reader.cpp"}},
      {"caf/", {"actors/durable/", "transport/", "app/server.cpp"}},
      {"prometheus/", {"transport/gateway/figures", "transport/gateway/metrics"}},
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
    const bool header = file.ends_with(".hpp") && file != "storage/sqlite/row_statements.hpp";
    if (!header) continue;
    for (const auto& include : includes) {
      INFO(file << " includes " << include);
      CHECK_FALSE(begins_with_any(include, {"boost/json", "nlohmann/", "SQLiteCpp/", "sqlite3.h"}));
      CHECK(include != "caf/all.hpp");
    }
  }
}

TEST_CASE("neither the runtime nor anything in transport names a room") {
  for (const auto& [file, includes] : all_includes()) {
    if (!file.starts_with("actors/durable/") && !file.starts_with("transport/")) continue;
    std::ifstream opened(fs::path(INNKEEPER_SOURCES) / file);
    const std::string text{std::istreambuf_iterator<char>(opened), {}};
    INFO(file);
    CHECK(text.find("namespace innkeeper::room") == std::string::npos);
    CHECK(text.find("room::") == std::string::npos);
  }
}
