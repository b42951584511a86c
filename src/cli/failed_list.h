// `--failed-list FILE`: the sources that failed, one a line, as a manifest that can be given back.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/job.h"

namespace labday {

/// Written to FILE.partial while the job runs, and renamed at the end: what an earlier job left stays whole
/// until then. A stream is written as it is.
class FailedList {
 public:
  /// None, that takes sources and writes nothing.
  FailedList() = default;

  [[nodiscard]] static Result<FailedList> open(const std::string& path);

  /// What is written while the job runs.
  [[nodiscard]] static std::string partial(const std::string& path);

  /// `renditions` are the source's own; empty where it has those of the command line. `complete` as in
  /// manifest_line().
  void add(const Source& source, const std::vector<Rendition>& renditions, bool complete);

  [[nodiscard]] Result<void> finish();
  /// Leaves what an earlier job wrote.
  void abandon();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string path_;
  std::string partial_;
  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace labday
