#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/frame.hpp"
#include "transport/loop/dirty_writer.hpp"
#include "transport/socket/connected_socket.hpp"
#include "transport/socket/send_queue.hpp"

/// Writes to one socket: shared frames and Beast's own control frames, in order, each whole.
/// Everything pending leaves in as few system calls as possible at the end of the loop's turn. On
/// the loop's thread.
namespace innkeeper::transport {

class loop;

class outbox final : public dirty_writer, public std::enable_shared_from_this<outbox> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Whoever wants to know that the peer has stopped taking what is sent, or that it is given up.
  class owner {
   public:
    virtual void stalled(time_point since) = 0;
    /// The socket is about to be closed.
    virtual void gives_up() = 0;

   protected:
    ~owner() = default;
  };

  /// Takes the descriptor over. At most `waiting_bytes_max` wait behind the frame being sent; 0: no
  /// bound. More than 4 GiB count as 4 GiB.
  outbox(loop& home, int descriptor, std::size_t waiting_bytes_max);
  ~outbox() override;
  outbox(const outbox&) = delete;
  outbox& operator=(const outbox&) = delete;

  /// The owner has to take itself out before it ends.
  void set_owner(owner& whom) { owner_ = &whom; }
  void forget_owner() { owner_ = nullptr; }

  connected_socket& socket() { return socket_; }
  loop& home() { return home_; }

  /// Until release_frames nothing is written but what Beast has to say, and that first: the
  /// handshake's answer.
  void hold_frames() { holding_ = true; }
  void release_frames();

  /// False if too much would wait or the socket is broken: the frame is not taken.
  bool append_frame(const proto::frame& frame);
  /// What Beast itself has to say (a handshake's answer, a pong, a close). False if the socket is
  /// broken, which it is when a peer that does not read keeps asking for pongs.
  bool append_bytes(std::string_view bytes);
  /// The same once all that is to be said in this turn has been: what answers to earlier messages
  /// of the peer comes first. Calls back then with whether it was taken. One at a time. Behind a
  /// close frame no other frame follows.
  void append_last(std::string bytes, std::function<void(bool)> done);

  /// The loop's turn ends: what was said in it leaves.
  void turn_ended() override;
  /// As turn_ended, but if what there is to write is one piece, or a few that `space` holds behind
  /// each other, the caller gets it and writes it, and says in `sent` what came of that: as
  /// write(2) does, or -errno.
  std::string_view turn_ended_with_one_piece(std::span<char> space) override;
  /// So many pieces are put together at most; more are written as they are.
  static constexpr std::size_t pieces_gathered_max = 8;
  void sent(int result) override;
  int descriptor() const override { return socket_.descriptor(); }
  /// Writes what the kernel takes without waiting; goes on when it takes more. At any time: the
  /// loop still knows this outbox as dirty if it is.
  void flush();
  /// Drops all but a frame that has been written in part.
  void drop_waiting() { queue_.drop_waiting(); }
  /// Calls back, once, as soon as nothing waits to be written, or nothing ever will be.
  void when_drained(std::function<void()> callback);
  /// Closes the socket and drops what waits.
  void give_up();

  /// Since when the kernel has taken nothing though something waits; nothing if it takes.
  std::optional<time_point> stalled_since() const;

 private:
  /// What is to come last in a turn.
  struct last_words {
    std::string bytes;
    std::function<void(bool)> done;
  };
  /// What few sockets need at any moment.
  struct rarely_needed {
    std::optional<last_words> last;
    std::function<void()> on_drained;
  };

  bool append(proto::frame frame, std::size_t waiting_bytes_max);
  void say_last_words();
  void mark_dirty();
  void write_what_is_taken();
  /// False if the kernel takes no more now, or the socket broke.
  bool write_some();
  /// The same of what the kernel has answered.
  bool has_written(ssize_t result);
  void wait_until_writable();
  void drained();
  rarely_needed& rarely();

  loop& home_;
  owner* owner_ = nullptr;
  connected_socket socket_;
  send_queue queue_;
  /// Null while none of it is.
  std::unique_ptr<rarely_needed> rarely_;
  time_point stalled_since_;
  std::uint32_t waiting_bytes_max_;
  bool dirty_ = false;
  /// A piece has been given away to be written.
  bool being_written_ = false;
  bool waiting_ = false;
  bool holding_ : 1 = false;
  /// The close frame has been said.
  bool ended_ : 1 = false;
  bool broken_ : 1 = false;
};

}  // namespace innkeeper::transport
