#pragma once

#include <sys/uio.h>

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>

#include "proto/frame.hpp"

/// What waits to be written to one socket: shared frames in order, bounded in bytes. A peer that is
/// slow is spared outdated state: once the kernel has refused a write and much waits, a newer frame
/// about the same state takes an older one's place in the world, though not in the order: it stands
/// at the end. Plain data, no I/O. On the loop's thread.
namespace innkeeper::transport {

class send_queue {
 public:
  /// From here on state is worth only its newest value, if the kernel refuses to take more.
  /// No limit: nothing is refused at it.
  static constexpr std::size_t patience_bytes = std::size_t{64} * 1024;

  /// False if more than `waiting_bytes_max` would wait behind the frame being sent (0: no bound):
  /// then it is not taken. An empty queue takes any one frame; first values always find room.
  bool push(proto::frame added, std::size_t waiting_bytes_max);
  /// Ahead of everything. Only while nothing has been written.
  void push_first(proto::frame added);

  bool empty() const { return total_bytes_ == 0; }
  /// Bytes behind the frame being sent.
  std::size_t waiting_bytes() const;

  /// Fills in what is to be written next and gives how many pieces that is.
  std::size_t next_pieces(std::span<iovec> pieces) const;
  /// So many bytes of that have been written.
  void written(std::size_t bytes);
  /// The kernel takes no more for now.
  void refused();

  /// Drops all but the frame that has been written in part.
  void drop_waiting();
  void clear();

 private:
  /// Most turns have no more than two to say to a socket, and a ping goes by two. They lie in the
  /// queue itself: another place in memory would have to be fetched for each socket.
  using frame_list = boost::container::small_vector<proto::frame, 2>;

  /// Of a slow peer, who is spared older frames.
  struct state_index {
    /// Where the newest frame of each state stands.
    std::unordered_map<std::string_view, std::size_t> places;
    /// How many from first_ on have been removed.
    std::size_t removed = 0;
  };

  std::size_t front_left() const;
  std::size_t counted_bytes() const;
  bool is_slow();
  void remove_older(std::string_view state);
  void remove(std::size_t place);
  void forget_place(std::string_view state, std::size_t place);
  void index();
  void skip_removed();
  void forget_written();

  /// Those before first_ have been written. A removed one has no bytes; there are none without
  /// newest_.
  frame_list frames_;
  std::uint32_t first_ = 0;
  bool refused_ = false;
  /// How much of the first has been written.
  std::size_t first_written_ = 0;
  std::size_t total_bytes_ = 0;
  std::size_t first_value_bytes_ = 0;
  /// Only while a peer is slow.
  std::unique_ptr<state_index> newest_;
};

}  // namespace innkeeper::transport
