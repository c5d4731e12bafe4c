#include "transport/gateway/pending_requests.hpp"

#include <utility>
#include <vector>

namespace innkeeper::transport {

sockets::request_id pending_requests::add(durable::address_ptr of, answer_callback answered,
                                          time_point now) {
  waiting_[++last_] = {std::move(of), std::move(answered)};
  due_.emplace_back(now + answered_within, last_);
  return last_;
}

void pending_requests::answer(sockets::request_id which,
                              std::shared_ptr<const sockets::response> with) {
  const auto found = waiting_.find(which);
  if (found == waiting_.end()) return;
  const auto answered = std::move(found->second.answered);
  waiting_.erase(found);
  while (!due_.empty() && !waiting_.contains(due_.front().second)) due_.pop_front();
  answered(std::move(with));
}

void pending_requests::give_up(const durable::object_address& of) {
  std::vector<sockets::request_id> all;
  for (const auto& [which, asked] : waiting_) {
    if (*asked.of == of) all.push_back(which);
  }
  for (const auto which : all) answer(which, nullptr);
}

void pending_requests::give_up_all() {
  while (!waiting_.empty()) answer(waiting_.begin()->first, nullptr);
}

void pending_requests::give_up_overdue(time_point now) {
  while (!due_.empty() && due_.front().first <= now) {
    const auto which = due_.front().second;
    due_.pop_front();
    answer(which, nullptr);
  }
}

std::optional<pending_requests::time_point> pending_requests::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.front().first;
}

}  // namespace innkeeper::transport
