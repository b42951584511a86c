// The parent's side of a worker that has no paths: opens and names the files of the task that the worker has,
// and of no other, and hands it the descriptors (brokered_io.h asks). What the worker says of them is not
// trusted: a name must be one that its task may have, and what a task may overwrite, and what is recorded of
// a file in the journal, is known here.
//
// A worker may still write nonsense into the renditions that are open in it; there is no helping that.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/unique_fd.h"
#include "pipeline/job.h"
#include "pipeline/run_task.h"
#include "pipeline/whole_file.h"
#include "transport/worker_messages.h"

namespace labday {

/// Of one worker; the files that it did not finish go with it, so let the worker end first.
class FileBroker {
 public:
  /// Both are borrowed.
  FileBroker(const Job& job, OutputFolder& folder) : job_(job), folder_(folder) {}
  ~FileBroker() { discard_all(); }
  FileBroker(const FileBroker&) = delete;
  FileBroker& operator=(const FileBroker&) = delete;

  struct Answer {
    ReplyMessage reply;
    std::shared_ptr<const UniqueFd> descriptor;  // nullptr where there is none
  };

  /// Does what is asked for; none for what no worker in its right mind asks. `begun`: another worker may have
  /// put files of the task in place before it died.
  [[nodiscard]] std::optional<Answer> answer(const RequestMessage& request, const Task& task, bool begun);

  /// The worker says that it is done with its task. False where it claims more than it has put in place.
  [[nodiscard]] bool end_task(const TaskResult& result);

 private:
  struct File {
    PartialFile partial;
    bool hashed = false;
  };

  [[nodiscard]] Answer open_source(const Source& source);
  [[nodiscard]] std::optional<Answer> create(const RequestMessage& request, const Task& task, bool begun);
  [[nodiscard]] std::optional<Answer> publish(const RequestMessage& request, const Task& task, bool begun);
  [[nodiscard]] std::optional<Answer> share_memory(std::uint64_t bytes);
  [[nodiscard]] const Rendition* rendition_called(const std::string& name, std::optional<std::uint64_t> spec,
                                                  const Task& task) const;
  void discard_all();

  const Job& job_;
  OutputFolder& folder_;
  std::map<std::uint64_t, File> files_;  // open in the worker, by handle
  std::uint64_t last_handle_ = 0;
  std::uint64_t placed_ = 0;  // files of the task that is under way
  bool shared_ = false;       // memory, of that task
};

}  // namespace labday
