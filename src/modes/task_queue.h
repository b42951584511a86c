// Which task next? The order in which the process modes hand out the tasks of a job, and what they know of
// the decoded pixels that tasks of one source share. Pure bookkeeping: no process, no clock.
//
// At grain `rendition` the tasks of a source form a group. Its first task is handed out with `share`: it
// decodes and gives the pixels back, and the others wait for them. A group with pixels that may still be
// mapped is *open*; no more than `most_open` are, so that pixels die before others are made. Tasks of open
// groups go first.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/unique_fd.h"
#include "pipeline/job.h"
#include "transport/worker_messages.h"

namespace labday {

/// A decoded source in sealed memory.
struct SharedPixels {
  PixelsHeader header;
  UniqueFd memory;
  std::shared_ptr<const void> lease;  // what they take of --memory-limit; null without
};

/// A task on its way to a worker.
struct Dispatch {
  std::uint32_t task = 0;                      // an index into the job's tasks
  std::uint32_t group = 0;                     // 0: of none
  bool retry = false;                          // its worker died with it
  bool begun = false;                          // perhaps: some of its files may be in place
  bool share = false;                          // share_pixels() or share_nothing() may follow
  std::shared_ptr<const SharedPixels> pixels;  // null: it decodes by itself
};

class TaskQueue {
 public:
  /// How often a task is tried when its workers die.
  static constexpr int kMostAttempts = 2;

  /// `order`: indices into `tasks`, each once. Both are borrowed.
  TaskQueue(std::span<const Task> tasks, std::vector<std::uint32_t> order, std::size_t most_open);

  /// Tasks that are not handed out, or not any more.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

  /// Would next() give something?
  [[nodiscard]] bool ready(bool may_open) const { return choose(may_open).from != From::nowhere; }

  /// The next task; none where all are handed out, or must wait for pixels. `may_open`: it may be the first
  /// of its source.
  [[nodiscard]] std::optional<Dispatch> next(bool may_open);

  /// A task with `share` has decoded.
  void share_pixels(const Dispatch& dispatch, SharedPixels pixels);
  /// It has, but there is nothing to share: the others of its source decode for themselves.
  void share_nothing(const Dispatch& dispatch);

  /// The task has its result.
  void finished(const Dispatch& dispatch);

  /// Its worker died before it came to the task, as far as is known, which goes before others now. `begun`:
  /// the worker may have come to it after all.
  void give_back(const Dispatch& dispatch, bool begun);

  /// Its worker died with it. True: it goes first now; let it go alone. False: that was the last attempt.
  [[nodiscard]] bool retry(const Dispatch& dispatch);

  /// All that are waiting; then none is.
  [[nodiscard]] std::vector<std::uint32_t> take_rest();

  /// Lets go of all pixels: what is left of their sources is decoded once more. In a copy of this process,
  /// and where their memory is wanted by all workers.
  void drop_pixels();

 private:
  struct Group {
    std::uint32_t id = 0;
    std::size_t next = 0;  // [next, end) of order_ are waiting
    std::size_t end = 0;
    std::size_t under_way = 0;
    bool loading = false;  // a task with `share` is under way
    bool apart = false;    // nothing is shared
    std::shared_ptr<const SharedPixels> pixels;
  };
  enum class From : std::uint8_t { nowhere, returned, group, fresh };
  struct Choice {
    From from = From::nowhere;
    std::size_t group = 0;  // an index into groups_
  };

  [[nodiscard]] Choice choose(bool may_open) const;
  [[nodiscard]] std::size_t end_of_source(std::size_t begin) const;
  [[nodiscard]] std::size_t open_groups() const;
  Dispatch take_from(Group& group);
  Dispatch take_returned();
  Group* find(std::uint32_t id);
  void leave_group(const Dispatch& dispatch);

  std::span<const Task> tasks_;
  std::vector<std::uint32_t> order_;
  std::size_t most_open_;
  std::size_t fresh_ = 0;  // [fresh_, end) of order_ are in no group yet
  std::size_t waiting_;
  std::uint32_t last_group_ = 0;
  std::vector<Group> groups_;
  std::deque<Dispatch> returned_;
  std::unordered_map<std::uint32_t, int> deaths_;  // by task
};

/// The order for TaskQueue: the largest tasks first, and of one source the largest renditions.
[[nodiscard]] std::vector<std::uint32_t> largest_first_by_source(const Job& job, std::span<const Task> tasks);

}  // namespace labday
