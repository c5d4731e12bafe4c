// One test case for each file in conversations/, named after it, so that a test runner can list
// them, run them side by side and name the one that failed.
#include <list>
#include <string>

#include <catch2/catch.hpp>

#include "tests/e2e/conversation.hpp"

namespace innkeeper::testing {
namespace {

class conversation_invoker : public Catch::ITestInvoker {
 public:
  explicit conversation_invoker(std::filesystem::path file) : file_(std::move(file)) {}

  void invoke() const override {
    const std::optional<std::string> failure = play_conversation(file_);
    if (failure) {
      FAIL(*failure);
    }
    SUCCEED();
  }

 private:
  std::filesystem::path file_;
};

/// Lives as long as the program: Catch unregisters nothing, but its registrars must not move.
std::list<Catch::AutoReg> registered_conversations() {
  std::list<Catch::AutoReg> registered;
  for (const std::filesystem::path& file : conversations_in(INNKEEPER_CONVERSATIONS)) {
    const std::string name = "conversation " + file.stem().string();
    registered.emplace_back(new conversation_invoker(file), CATCH_INTERNAL_LINEINFO,
                            Catch::StringRef(), Catch::NameAndTags{name, "[conversation]"});
  }
  return registered;
}

const std::list<Catch::AutoReg> registered = registered_conversations();

}  // namespace

TEST_CASE("the folder of conversations is not empty", "[conversation]") {
  CHECK(registered.size() > 40);
}

}  // namespace innkeeper::testing
