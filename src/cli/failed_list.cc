#include "cli/failed_list.h"

#include <cerrno>

#include "pipeline/manifest_reader.h"

namespace labday {
namespace {

std::string partial(const std::string& path) { return path + ".partial"; }

}  // namespace

Result<FailedList> FailedList::open(const std::string& path) {
  FailedList list;
  list.path_ = path;
  list.file_.reset(std::fopen(partial(path).c_str(), "we"));
  if (list.file_ == nullptr) {
    return fail(system_error(Stage::plan, errno, partial(path), "cannot write the list of failed sources"));
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
  if (!flushed || std::rename(partial(path_).c_str(), path_.c_str()) != 0) {
    return fail(system_error(Stage::write, errno, path_, "cannot write the list of failed sources"));
  }
  return {};
}

}  // namespace labday
