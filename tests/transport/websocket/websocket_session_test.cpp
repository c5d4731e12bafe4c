#include "transport/websocket/websocket_session.hpp"

#include <catch2/catch.hpp>

#include "tests/transport/websocket/session_fixture.hpp"

namespace innkeeper::transport {
namespace {

using std::chrono::seconds;
using testing::bytes_of;
using testing::opcode;
using texts = std::vector<std::string>;

// ---- arriving

TEST_CASE("a refused client gets the refusal, and nothing that comes later") {
  session_fixture its;
  its.session->refuse(403, "Not here.");
  its.session->deliver(proto::frame("late"));
  its.session->close(1000, "late");
  its.session->accept();
  its.session->refuse(500, "Again.");
  its.settle();
  its.wake_after(seconds(11));
  CHECK(its.sent.starts_with("HTTP/1.1 403"));
  CHECK(its.sent.ends_with("Not here."));
  CHECK(its.saw_end);
  CHECK(its.heard.left == 0);
  CHECK(its.is_let_go());
}

TEST_CASE("a client that waits too long is refused, and an answer that comes later is ignored") {
  session_fixture its;
  its.wake_after(seconds(11));
  CHECK(its.heard.left == 1);
  const bool accepts = GENERATE(true, false);
  if (accepts) {
    its.session->accept();
  } else {
    its.session->refuse(403, "Not here.");
  }
  its.settle();
  CHECK(its.sent.starts_with("HTTP/1.1 503"));
  CHECK(its.sent.find("HTTP/1.1", 1) == std::string::npos);
  CHECK(its.saw_end);
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
}

TEST_CASE("a client that is closed while it arrives hears of it behind the answer") {
  session_fixture its;
  const bool accepts_first = GENERATE(true, false);
  if (accepts_first) its.session->accept();
  its.session->close(1012, "Changed.");
  its.session->close(1000, "This one is ignored.");
  its.session->deliver(proto::frame("late"));
  if (!accepts_first) its.session->accept();
  its.settle();
  CHECK(its.sent.starts_with("HTTP/1.1 101"));
  CHECK(its.sent.ends_with("\r\n\r\n" + close_frame(1012, "Changed.")));
  CHECK(its.heard.left == 0);
  its.say(bytes_of({opcode::close, testing::close_payload(1012)}));
  its.hang_up();
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
}

TEST_CASE("what is delivered while the handshake is answered follows the answer") {
  session_fixture its(bytes_of({opcode::text, "early"}));
  its.session->accept();
  its.session->deliver(proto::frame("first"));
  its.settle();
  CHECK(its.sent.ends_with("\r\n\r\n" + text_frame("first")));
  CHECK(its.heard.messages == texts{"early"});
}

TEST_CASE("a client that is gone before it is accepted is told of once") {
  session_fixture its;
  its.hang_up();
  its.session->accept();
  its.settle();
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
}

// ---- open

TEST_CASE("messages are heard whether or not a stream is needed for them") {
  session_fixture its;
  its.open();
  its.say_text("one");
  its.wake_after(seconds(2));
  its.say_text("two");
  its.say(bytes_of({opcode::text, "three"}) + bytes_of({opcode::ping, "?"}) +
          bytes_of({opcode::text, "four"}));
  CHECK(its.sent == frame_of(0x8A, "?"));
  its.say(testing::fragmented(opcode::text, "fragments", 3));
  its.wake_after(seconds(2));
  its.say_text("six");
  CHECK(its.heard.messages == texts{"one", "two", "three", "four", "fragments", "six"});
  CHECK(its.heard.left == 0);
}

TEST_CASE("while reads are paused nothing is heard, and nothing is lost") {
  session_fixture its;
  SECTION("paused while the handshake is answered") {
    its.session->accept();
    its.session->pause_reading();
    its.settle();
  }
  SECTION("paused without a stream") {
    its.open_plain();
    its.session->pause_reading();
  }
  SECTION("paused with a stream") {
    its.open_stream();
    its.session->pause_reading();
    its.say(bytes_of({opcode::continuation, "gun"}));  // the read that waits already
    CHECK(its.heard.messages == texts{"begun"});
    its.heard.messages.clear();
  }
  its.say_text("held back");
  CHECK(its.heard.messages.empty());
  its.session->resume_reading();
  its.settle();
  CHECK(its.heard.messages == texts{"held back"});
  its.say_text("next");
  CHECK(its.heard.messages == texts{"held back", "next"});
}

TEST_CASE("while reads are paused the silence timeout does not run") {
  session_fixture its;
  its.open_plain();
  its.session->pause_reading();
  its.wake_after(seconds(100));
  CHECK(its.heard.left == 0);
  its.session->resume_reading();
  its.wake_after(seconds(300));
  CHECK(its.heard.left == 1);
  CHECK(its.sent.ends_with(close_frame(1001, "Nothing has been heard from you for too long.")));
}

TEST_CASE("behind the message by which a client asks to be closed none is heard") {
  session_fixture its;
  const bool needs_stream = GENERATE(true, false);
  its.open_plain();
  const auto ping = needs_stream ? bytes_of({opcode::ping, "?"}) : "";
  its.say(bytes_of({opcode::text, "bye"}) + ping + bytes_of({opcode::text, "lost"}));
  its.session->deliver(proto::frame("answer"));
  its.session->close(1000, "");
  its.settle();
  CHECK(its.heard.messages == texts{"bye"});
  CHECK(its.sent.ends_with(text_frame("answer") + close_frame(1000, "")));
}

// ---- half closed

TEST_CASE("a client that ends its side alone gets what is still delivered, and the close frame") {
  session_fixture its;
  its.open_plain();
  its.say_text("question");
  its.end_writing();
  CHECK(its.heard.left == 1);
  its.session->deliver(proto::frame("answer"));
  its.session->resume_reading();
  its.wake_after(seconds(100));
  CHECK(its.sent == text_frame("answer"));
  its.session->close(1000, "");
  its.settle();
  CHECK(its.sent == text_frame("answer") + close_frame(1000, ""));
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
  CHECK(its.saw_end);
}

TEST_CASE("a client that ends its side amid a message gets what is still delivered") {
  session_fixture its;
  its.open_stream();
  its.end_writing();
  CHECK(its.heard.left == 1);
  its.session->deliver(proto::frame("answer"));
  its.session->close(1000, "");
  its.settle();
  CHECK(its.sent == text_frame("answer"));
  CHECK(its.is_let_go());
  CHECK(its.saw_end);
}

// ---- closing

TEST_CASE("a close is one frame, and nothing follows it") {
  session_fixture its;
  const bool with_stream = GENERATE(true, false);
  if (with_stream) {
    its.open_stream();
  } else {
    its.open_plain();
  }
  its.session->deliver(proto::frame("last"));
  its.session->close(1000, "");
  its.session->close(1011, "This one is ignored.");
  its.session->deliver(proto::frame("late"));
  its.session->pause_reading();
  its.session->resume_reading();
  its.settle();
  CHECK(its.sent == text_frame("last") + close_frame(1000, ""));
  CHECK(its.heard.left == 0);
  its.say(bytes_of({opcode::close, testing::close_payload(1000)}));
  its.hang_up();
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
}

TEST_CASE("a client's close frame is answered, and nothing follows the answer") {
  session_fixture its;
  its.open_plain();
  its.say(bytes_of({opcode::close, testing::close_payload(3000, "own")}));
  its.session->deliver(proto::frame("late"));
  its.session->close(1000, "");
  its.settle();
  CHECK(its.sent == close_frame(3000, ""));
  CHECK(its.saw_end);
  CHECK(its.heard.left == 1);
  its.hang_up();
  CHECK(its.is_let_go());
}

TEST_CASE("a client that is gone while the connection closes is told of once") {
  session_fixture its;
  const bool with_stream = GENERATE(true, false);
  if (with_stream) {
    its.open_stream();
  } else {
    its.open_plain();
  }
  its.session->close(1000, "");
  its.settle();
  its.hang_up();
  its.settle();
  its.wake_after(seconds(3));
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
}

TEST_CASE("a client that does not answer the close frame is cut off") {
  session_fixture its;
  its.open_plain();
  its.session->close(1000, "");
  its.settle();
  its.wake_after(seconds(1));
  CHECK_FALSE(its.saw_end);
  its.wake_after(seconds(3));
  CHECK(its.saw_end);
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
}

TEST_CASE("a broken frame is answered by a close with its reason, and the counterpart is told") {
  session_fixture its;
  its.open_plain();
  its.say("\x83\x80????");  // reserved opcode 3
  CHECK(its.sent == close_frame(1002, "This is against the WebSocket protocol."));
  CHECK(its.heard.left == 1);
  its.session->close(1000, "");
  its.hang_up();
  its.settle();
  CHECK(its.heard.left == 1);
  CHECK(its.is_let_go());
}

TEST_CASE("a client that does not read is told of, reported and closed once it reads") {
  proto::limits bounds;
  bounds.waiting_bytes = 1000;
  session_fixture its("", bounds);
  its.open_plain();
  its.stop_reading();
  const proto::frame large(std::string(1 << 20, 'x'));
  its.session->deliver(large);
  its.session->deliver(large);
  CHECK(its.heard.left == 1);
  REQUIRE(its.log.size() == 1);
  CHECK(
      its.log.front().starts_with("slow_reader: a client at 192.0.2.1 takes less than it is sent"));
  its.session->deliver(large);
  its.go_on_reading();
  CHECK(its.sent.size() < (2 << 20));
  CHECK(its.sent.ends_with(close_frame(1013, "Too much is waiting to be read.")));
}

// ---- the loop's end

TEST_CASE("sessions end with their loop, whatever they wait for") {
  session_fixture its;
  const std::weak_ptr<websocket_session> last = its.session;
  SECTION("open with a stream") {
    its.open_stream();
  }
  SECTION("closing") {
    its.open_plain();
    its.session->close(1000, "");
    its.settle();
  }
  its.home().reads().end();
  its.session->deliver(proto::frame("late"));
  its.session->close(1000, "");
  its.session = nullptr;
  CHECK(last.expired());
}

}  // namespace
}  // namespace innkeeper::transport
