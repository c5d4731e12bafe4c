#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

/// A server's message as bytes on the wire: RFC 6455 section 5.2, FIN set, opcode text or binary,
/// unmasked. Built once, in one allocation, and shared by all its connections. Immutable: any
/// thread.
namespace innkeeper::proto {

class frame {
 public:
  /// An empty frame without bytes.
  frame() = default;

  /// `state` names the state whose current value the frame contains, such as `poll:lunch`. For a
  /// slow client a newer frame of the same state replaces it. Empty: no state.
  explicit frame(std::string_view payload, std::string_view state = {});

  /// The current value of `state` for a new subscriber. There may be thousands at once, so they do
  /// not count against a socket's limit of waiting bytes.
  static frame first_value(std::string_view payload, std::string_view state);

  /// A binary message; the other functions make text messages.
  static frame binary(std::string_view payload);

  /// The same message with a compressed payload (RFC 7692), marked by RSV1.
  static frame deflated(const frame& plain, std::string_view packed_payload);
  /// Joins messages that go to the same sockets in sequence into one piece; worth the copy if they
  /// are small. The result has no state.
  static frame joined(std::vector<frame> parts);

  /// Wraps bytes that already are frames.
  static frame of_wire(std::string_view bytes);

  std::string_view wire() const { return content_ ? content_->wire() : std::string_view(); }
  std::string_view payload() const { return wire().substr(content_ ? content_->header_size : 0); }
  std::string_view state() const { return content_ ? content_->state() : std::string_view(); }
  bool is_first_value() const { return content_ && content_->is_first_value; }
  /// Returns the result of `make` for this frame, or the frame itself if `make` returns none.
  /// `make` runs once and its result is cached, so all holders of the frame share it. There is only
  /// one other shape. Any thread.
  template <class Make>
  frame in_other_shape(const Make& make) const {
    if (!content_) return {};
    std::call_once(content_->shaping, [&] { content_->other_shape = shaped_by(make).content_; });
    return content_->other_shape ? frame(content_->other_shape) : *this;
  }
  /// False for an empty or moved-from frame.
  explicit operator bool() const { return content_ != nullptr; }

 private:
  struct content;
  using content_ptr = boost::intrusive_ptr<const content>;

  /// The same allocation continues with the bytes on the wire, then the state's name.
  struct content : boost::intrusive_ref_counter<content> {
    content(std::size_t header, std::size_t wire, std::size_t state, bool first_value)
        : wire_size(wire), header_size(header), state_size(state), is_first_value(first_value) {}

    struct bytes_behind {
      std::size_t count;
    };
    static void* operator new(std::size_t size, bytes_behind more) {
      return ::operator new(size + more.count);
    }
    // NOLINTNEXTLINE(cert-dcl54-cpp,misc-new-delete-overloads): belongs to the operator new above
    static void operator delete(void* memory) { ::operator delete(memory); }
    static void operator delete(void* memory, bytes_behind /*more*/) { ::operator delete(memory); }

    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
    std::string_view wire() const { return {bytes(), wire_size}; }
    std::string_view state() const { return {bytes() + wire_size, state_size}; }

    std::size_t wire_size;
    std::size_t header_size;
    std::size_t state_size;
    bool is_first_value;
    mutable std::once_flag shaping;
    mutable content_ptr other_shape;
    /// The joined messages.
    std::vector<frame> parts;
  };

  explicit frame(content_ptr made) : content_(std::move(made)) {}
  /// Makes a frame from a payload and its header.
  static frame of(std::string_view payload, unsigned first_byte, std::string_view state,
                  bool first_value);

  /// Shapes each joined message separately.
  template <class Make>
  frame shaped_by(const Make& make) const {
    if (content_->parts.empty()) return make(*this);
    std::vector<frame> shaped;
    for (const auto& part : content_->parts) shaped.push_back(part.in_other_shape(make));
    return joined(shaped);
  }

  content_ptr content_;
};

}  // namespace innkeeper::proto
