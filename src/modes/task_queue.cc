#include "modes/task_queue.h"

#include <algorithm>
#include <utility>

#include "pipeline/plan.h"

namespace labday {

TaskQueue::TaskQueue(std::span<const Task> tasks, std::vector<std::uint32_t> order, std::size_t most_open)
    : tasks_(tasks), order_(std::move(order)), most_open_(most_open), waiting_(order_.size()) {}

std::size_t TaskQueue::end_of_source(std::size_t begin) const {
  std::size_t end = begin + 1;
  while (end < order_.size() && tasks_[order_[end]].source == tasks_[order_[begin]].source) ++end;
  return end;
}

std::size_t TaskQueue::open_groups() const {
  return static_cast<std::size_t>(
      std::count_if(groups_.begin(), groups_.end(), [](const Group& g) { return !g.apart; }));
}

TaskQueue::Choice TaskQueue::choose(bool may_open) const {
  if (!returned_.empty()) return {From::returned, 0};
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const Group& group = groups_[i];
    // A group whose first task came to nothing needs another first task.
    const bool has_pixels = group.apart || group.pixels != nullptr;
    if (group.next < group.end && !group.loading && (has_pixels || may_open)) return {From::group, i};
  }
  if (fresh_ == order_.size()) return {};
  const bool alone =
      fresh_ + 1 == order_.size() || tasks_[order_[fresh_]].source != tasks_[order_[fresh_ + 1]].source;
  if (alone || (may_open && open_groups() < most_open_)) return {From::fresh, 0};
  return {};
}

std::optional<Dispatch> TaskQueue::next(bool may_open) {
  const Choice choice = choose(may_open);
  if (choice.from == From::nowhere) return std::nullopt;
  --waiting_;
  if (choice.from == From::returned) return take_returned();
  if (choice.from == From::group) return take_from(groups_[choice.group]);
  const std::size_t end = end_of_source(fresh_);
  if (end == fresh_ + 1) {
    Dispatch alone;
    alone.task = order_[fresh_++];
    return alone;
  }
  Group group;
  group.id = ++last_group_;
  group.next = std::exchange(fresh_, end);
  group.end = end;
  return take_from(groups_.emplace_back(std::move(group)));
}

Dispatch TaskQueue::take_from(Group& group) {
  Dispatch dispatch;
  dispatch.task = order_[group.next++];
  dispatch.group = group.id;
  dispatch.pixels = group.pixels;
  // The last one has nobody to share with.
  dispatch.share = !group.apart && group.pixels == nullptr && group.next < group.end;
  group.loading = dispatch.share;
  ++group.under_way;
  return dispatch;
}

Dispatch TaskQueue::take_returned() {
  Dispatch dispatch = std::move(returned_.front());
  returned_.pop_front();
  dispatch.share = false;
  if (Group* const group = find(dispatch.group)) {
    dispatch.pixels = group->pixels;
    ++group->under_way;
  } else {
    dispatch.group = 0;
  }
  return dispatch;
}

TaskQueue::Group* TaskQueue::find(std::uint32_t id) {
  const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) { return g.id == id; });
  return found == groups_.end() ? nullptr : &*found;
}

void TaskQueue::share_pixels(const Dispatch& dispatch, SharedPixels pixels) {
  if (Group* const group = find(dispatch.group)) {
    group->pixels = std::make_shared<const SharedPixels>(std::move(pixels));
    group->loading = false;
  }
}

void TaskQueue::share_nothing(const Dispatch& dispatch) {
  if (Group* const group = find(dispatch.group)) {
    group->apart = true;
    group->loading = false;
  }
}

void TaskQueue::leave_group(const Dispatch& dispatch) {
  Group* const group = find(dispatch.group);
  if (group == nullptr) return;
  if (dispatch.share && group->pixels == nullptr) group->loading = false;
  --group->under_way;
  if (group->next == group->end && group->under_way == 0)
    groups_.erase(groups_.begin() + (group - groups_.data()));
}

void TaskQueue::finished(const Dispatch& dispatch) { leave_group(dispatch); }

void TaskQueue::give_back(const Dispatch& dispatch, bool begun) {
  leave_group(dispatch);
  Dispatch again;
  again.task = dispatch.task;
  again.group = dispatch.group;
  again.retry = dispatch.retry;
  again.begun = dispatch.begun || begun;
  returned_.push_back(std::move(again));
  ++waiting_;
}

bool TaskQueue::retry(const Dispatch& dispatch) {
  if (++deaths_[dispatch.task] >= kMostAttempts) {
    leave_group(dispatch);
    return false;
  }
  give_back(dispatch, true);
  Dispatch again = std::move(returned_.back());
  returned_.pop_back();
  again.retry = true;
  returned_.push_front(std::move(again));
  return true;
}

std::vector<std::uint32_t> TaskQueue::take_rest() {
  std::vector<std::uint32_t> rest;
  rest.reserve(waiting_);
  for (const Dispatch& dispatch : returned_) rest.push_back(dispatch.task);
  returned_.clear();
  for (Group& group : groups_) {
    while (group.next < group.end) rest.push_back(order_[group.next++]);
  }
  std::erase_if(groups_, [](const Group& group) { return group.under_way == 0; });
  while (fresh_ < order_.size()) rest.push_back(order_[fresh_++]);
  waiting_ = 0;
  return rest;
}

void TaskQueue::drop_pixels() {
  for (Group& group : groups_) group.pixels.reset();
}

std::vector<std::uint32_t> largest_first_by_source(const Job& job, std::span<const Task> tasks) {
  std::vector<std::uint32_t> order = largest_first(job, tasks);
  constexpr Size kReference{10'000, 10'000};  // any size tells which rendition is larger
  const auto pixels = [&](std::uint32_t i) {
    const auto size = rendition_size(job.renditions[tasks[i].first], kReference);
    return size ? size->pixels() : 0;
  };
  for (auto begin = order.begin(); begin != order.end();) {
    const std::uint32_t source = tasks[*begin].source;
    const auto end =
        std::find_if(begin, order.end(), [&](std::uint32_t i) { return tasks[i].source != source; });
    std::stable_sort(begin, end, [&](std::uint32_t a, std::uint32_t b) { return pixels(a) > pixels(b); });
    begin = end;
  }
  return order;
}

}  // namespace labday
