#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

/// A server's message as the bytes on the wire: RFC 6455 section 5.2, FIN set, opcode text
/// or binary, unmasked. Built once, in one piece of memory, and shared by all the connections that
/// it goes to. Immutable: any thread.
namespace innkeeper::proto {

class frame {
 public:
  /// No frame: no bytes.
  frame() = default;

  /// `state` names what the frame tells the present value of, such as `poll:lunch`: whoever is slow
  /// to read may be spared it once a newer frame of that name is there. Empty: it tells of no
  /// state.
  explicit frame(std::string_view payload, std::string_view state = {});

  /// The present value of `state`, told to a newcomer who asked for it: there may be thousands at
  /// once, so they do not count against what may wait for one socket.
  static frame first_value(std::string_view payload, std::string_view state);

  /// A binary message; all others are text.
  static frame binary(std::string_view payload);

  /// The same message with its payload packed (RFC 7692): told of by RSV1.
  static frame deflated(const frame& plain, std::string_view packed_payload);
  /// Several messages that go to the same sockets in a row, as one piece: it is worth the copying
  /// if they are small. They tell of no state.
  static frame joined(std::vector<frame> parts);

  /// Bytes that are framed already.
  static frame of_wire(std::string_view bytes);

  std::string_view wire() const { return content_ ? content_->wire() : std::string_view(); }
  std::string_view payload() const { return wire().substr(content_ ? content_->header_size : 0); }
  std::string_view state() const { return content_ ? content_->state() : std::string_view(); }
  bool is_first_value() const { return content_ && content_->is_first_value; }
  /// What `make` gives for this frame, asked once and kept with it, so that all who share the frame
  /// share the work; the frame itself if `make` gives none. There is but one other shape. Any
  /// thread.
  template <class Make>
  frame in_other_shape(const Make& make) const {
    if (!content_) return {};
    std::call_once(content_->shaping, [&] { content_->other_shape = shaped_by(make).content_; });
    return content_->other_shape ? frame(content_->other_shape) : *this;
  }
  /// False for no frame, and for one that was moved away.
  explicit operator bool() const { return content_ != nullptr; }

 private:
  struct content;
  using content_ptr = boost::intrusive_ptr<const content>;

  /// Behind it in the same piece of memory: the bytes on the wire, then the state's name.
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
    /// What was joined.
    std::vector<frame> parts;
  };

  explicit frame(content_ptr made) : content_(std::move(made)) {}
  /// A payload with its head.
  static frame of(std::string_view payload, unsigned first_byte, std::string_view state,
                  bool first_value);

  /// Each of several messages is shaped by itself.
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
