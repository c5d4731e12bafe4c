#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "transport/loop/read_batch.hpp"

/// Tells which sockets have bytes to read. An epoll within Asio's: Asio would have each socket
/// armed anew for each read and keep an operation for it meanwhile; here a socket is armed once,
/// and costs no memory while it is quiet. Nor does the kernel look at it a second time, to find
/// that all has been read, if its reader knows. On the loop's thread.
namespace innkeeper::transport {

class read_poll {
 public:
  class reader {
   public:
    /// There are bytes to read, the peer has closed, or the socket is broken. Gives whether some of
    /// what had come may be left unread: then this is called again, as it is when more has come.
    /// Where the peer has closed or the socket is broken it is called until the reader is taken
    /// out. It lives until this is over.
    virtual bool readable() = 0;
    /// Whether it takes bytes that the poll has read, for many by one call. It takes out nobody
    /// here. Then take is called if any have come, else readable; nobody but other readers has a
    /// turn before.
    virtual bool wants_bytes() { return false; }
    /// One byte at least. They may be changed, and are there until this is over. If they are
    /// read_batch::bytes_max there may be more, and it is told again.
    virtual void take(std::span<char> /*bytes*/) {}
    /// Nothing will be told any more, to anybody.
    virtual void poll_ends() = 0;
    /// It is about to be told: fetches ahead what it points to.
    virtual void prefetch_its_own() const {}

   protected:
    ~reader() = default;
  };

  /// What is fetched ahead of a reader that is about to be told: a session takes so much.
  static constexpr std::size_t reader_bytes = 320;

  /// Once `enough` has been read, the others wait for the next turn, and are the first then. Throws
  /// boost::system::system_error if the system has no descriptor left.
  read_poll(boost::asio::io_context& io, std::function<bool()> enough);

  /// From now on it reads for those who want that, if this is not null. What was read for a reader
  /// that is then taken out is lost.
  void read_together_by(std::unique_ptr<read_batch> batch) { batch_ = std::move(batch); }

  /// From now on `whom` is told, and kept alive, until the socket is taken out: which has to be
  /// before it is closed. False if the system has no memory for it: then it is in all the same,
  /// but will not be told.
  [[nodiscard]] bool add(int socket, std::shared_ptr<reader> whom);
  void remove(int socket);
  /// The loop has ended. Its thread or, once it is gone, another.
  void end();

 private:
  static constexpr std::size_t events_max = 512;

  void wait();
  void go_on();
  void tell_readers();
  /// Those to be told next are in the batch then; gives the first of the events that is not.
  std::size_t read_ahead();
  /// `bytes`: what has been read for it.
  void tell_next(std::span<char> bytes);
  void prefetch_those_ahead() const;
  /// Of the one that comes so many behind the one to be told next; null if there is none.
  reader* reader_ahead(std::size_t by) const;
  reader* reader_of(const epoll_event& event) const;
  void look();
  void look_again_at(int socket);

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> epoll_;
  std::function<bool()> enough_;
  std::array<epoll_event, events_max> events_{};
  /// Of these, so many are there, and so many have been told.
  std::size_t ready_ = 0;
  std::size_t told_ = 0;
  /// Null where there is no way to read for many by one call.
  std::unique_ptr<read_batch> batch_;
  /// By the socket's number.
  std::vector<std::shared_ptr<reader>> readers_;
  /// Taken out by somebody who has just been told, perhaps by itself.
  std::vector<std::shared_ptr<reader>> leaving_;
  bool telling_ = false;
};

}  // namespace innkeeper::transport
