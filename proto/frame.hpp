#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

/// A server's message as the bytes on the wire: RFC 6455 section 5.2, FIN set, opcode text
/// or binary, unmasked. Built once and shared by all the connections that it goes to. Immutable:
/// any thread.
namespace innkeeper::proto {

class frame {
 public:
  /// No frame: no bytes.
  frame() = default;

  /// `state` names what the frame tells the present value of, such as `poll:lunch`: whoever is slow
  /// to read may be spared it once a newer frame of that name is there. Empty: it tells of no
  /// state.
  explicit frame(std::string_view payload, std::string state = {});

  /// The present value of `state`, told to a newcomer who asked for it: there may be thousands at
  /// once, so they do not count against what may wait for one socket.
  static frame first_value(std::string_view payload, std::string state);

  /// A binary message; all others are text.
  static frame binary(std::string_view payload);

  /// Bytes that are framed already.
  static frame of_wire(std::string bytes);

  std::string_view wire() const { return content_ ? content_->wire : std::string_view(); }
  std::string_view payload() const { return wire().substr(content_ ? content_->header_size : 0); }
  std::string_view state() const { return content_ ? content_->state : std::string_view(); }
  bool is_first_value() const { return content_ && content_->is_first_value; }
  /// False for no frame, and for one that was moved away.
  explicit operator bool() const { return content_ != nullptr; }

 private:
  struct content {
    std::string wire;
    std::size_t header_size = 0;
    std::string state;
    bool is_first_value = false;
  };

  explicit frame(content made);

  std::shared_ptr<const content> content_;
};

}  // namespace innkeeper::proto
