#include "cli/failed_list.h"

#include <unistd.h>

#include <cerrno>

#include "cli/outputs.h"
#include "pipeline/manifest_reader.h"

namespace labday {

std::string FailedList::partial(const std::string& path) {
  return is_stream(path) ? path : path + ".partial";
}

Result<FailedList> FailedList::open(const std::string& path) {
  FailedList list;
  list.path_ = path;
  list.partial_ = partial(path);
  list.file_.reset(std::fopen(list.partial_.c_str(), list.partial_ == path ? "ae" : "we"));
  if (list.file_ == nullptr) {
    return fail(system_error(Stage::plan, errno, list.partial_, "cannot write the list of failed sources"));
  }
  return list;
}

void FailedList::add(const Source& source, const std::vector<Rendition>& renditions, bool complete) {
  if (file_ == nullptr) return;
  const std::string line = manifest_line(source, renditions, complete);
  std::fwrite(line.data(), 1, line.size(), file_.get());  // finish() sees what failed
}

Result<void> FailedList::finish() {
  if (file_ == nullptr) return {};
  const bool flushed = std::fflush(file_.get()) == 0 && std::ferror(file_.get()) == 0;
  file_.reset();
  if (!flushed || (partial_ != path_ && std::rename(partial_.c_str(), path_.c_str()) != 0)) {
    return fail(system_error(Stage::write, errno, path_, "cannot write the list of failed sources"));
  }
  return {};
}

void FailedList::abandon() {
  if (file_ == nullptr) return;
  file_.reset();
  if (partial_ != path_) ::unlink(partial_.c_str());
}

}  // namespace labday
