// A manifest: a list of sources of any length, read as a stream. An item is a path, or a JSON object that
// says more:
//
//   trip/peak.jpg
//   {"source": "trip/peak.jpg", "dir": "trip", "renditions": [{"scale": "50%"}, {"width": 800, "png":
//   "small"}]}
//
// Items end with a line feed, or each with NUL where there is a NUL near the beginning. Empty lines are
// passed over. `source_bytes` in base64 instead of `source` is for paths that are no UTF-8. `dir`, which must
// end the folder of the source, is what {dir} stands for. `renditions` replaces those of the command line;
// their `filter` and `png` are optional.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "pipeline/job.h"

namespace labday {

struct ManifestItem {
  Source source;                      // without what is only known by looking at the file
  std::vector<Rendition> renditions;  // empty: those of the command line
  std::uint64_t number = 0;           // of the item, from 1
};

/// Reads one manifest, as often as wanted. Takes a fixed amount of memory.
class ManifestReader {
 public:
  struct Rules {
    std::string root;     // paths are below it, and {dir} is what follows it; empty: paths are as they stand
    Rendition rendition;  // filter and level where an item does not say
  };

  /// `path` is a file, or `-` for standard input. What cannot be read twice is copied to a file without a
  /// name.
  [[nodiscard]] static Result<ManifestReader> open(const std::string& path, Rules rules);

  /// The next item; none at the end. An error names the item's number; the reader is of no use after it.
  [[nodiscard]] Result<std::optional<ManifestItem>> next();

  /// Back to the first item.
  void rewind();

 private:
  ManifestReader(std::string shown, UniqueFd file, Rules rules)
      : shown_(std::move(shown)), file_(std::move(file)), rules_(std::move(rules)) {}
  [[nodiscard]] Result<bool> fill();
  [[nodiscard]] Result<std::optional<std::string>> next_text();
  [[nodiscard]] Result<ManifestItem> parse(const std::string& text) const;
  [[nodiscard]] Result<ManifestItem> parse_json(const std::string& text) const;
  [[nodiscard]] Error wrong(std::string detail) const;

  std::string shown_;
  UniqueFd file_;
  Rules rules_;
  std::uint64_t offset_ = 0;  // of what follows buffer_
  std::string buffer_;
  std::size_t at_ = 0;
  std::optional<char> separator_;
  std::uint64_t number_ = 0;
};

/// An item that next() reads as the source, its {dir} and its own renditions, with its end of line.
/// `complete`: as JSON that is read so whatever the Rules are.
[[nodiscard]] std::string manifest_line(const Source& source, const std::vector<Rendition>& renditions,
                                        bool complete);

}  // namespace labday
