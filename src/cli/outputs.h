// The files that a command writes because an option names them. Asked before anything is started: would one
// of them cost the user something?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/sources.h"

namespace labday {

struct Output {
  /// What the option writes: JSON; a page; lines, of a list or a log; renditions into a folder.
  enum class Content : std::uint8_t { json, page, lines, folder };

  std::string option;  // such as `--json`
  std::string path;    // empty: not given; `-`: stdout
  Content content = Content::json;
};

/// A file that the command reads.
struct Input {
  std::string path;
  std::string what;  // `the manifest`
};

/// Is it a stream: an open descriptor's name such as /dev/stdout, or there and no regular file?
[[nodiscard]] bool is_stream(const std::string& path);

/// Changes nothing. An error where an output cannot be written, and a usage error where it lies within the
/// runs of a notebook, is one of `inputs` (by whatever name or link), is the same file as another output, or
/// is there already and begins unlike anything that its option writes: JSON and a page replace only their
/// like, a list and a log everything but images. Streams are only asked whether they can be written.
[[nodiscard]] Result<void> check_outputs(const std::vector<Output>& outputs,
                                         const std::vector<Input>& inputs = {});

/// Usage error where an output is one of the sources, or a list that named them.
[[nodiscard]] Result<void> check_sources_kept(const std::vector<Output>& outputs, const FoundSources& found);

/// Looks whether an output would be written in the place of a rendition.
class RenditionsKept {
 public:
  explicit RenditionsKept(const std::vector<Output>& outputs);

  /// A name below the output folder.
  void visit(const std::string& rendition_name);
  /// Usage error where one of the names was an output's.
  [[nodiscard]] const Result<void>& result() const { return result_; }

 private:
  struct Below {
    std::string name;  // below the output folder
    Output output;
  };
  std::vector<Below> below_;
  Result<void> result_;
};

}  // namespace labday
