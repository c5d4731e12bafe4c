#pragma once

#include <span>
#include <string_view>

/// What has something to write to its socket when the loop's turn ends. On the loop's thread.
namespace innkeeper::transport {

class dirty_writer {
 public:
  virtual ~dirty_writer() = default;

  virtual int descriptor() const = 0;
  /// Writes what waits.
  virtual void turn_ended() = 0;
  /// The same for whoever writes for several at once: gives the one piece that is to be written,
  /// if it can be given as one, perhaps copied to `space`. Whoever takes it calls sent().
  virtual std::string_view turn_ended_with_one_piece(std::span<char> space) = 0;
  /// What became of the piece: as write(2) would give it, a failure as a negative errno.
  virtual void sent(int result) = 0;
};

}  // namespace innkeeper::transport
