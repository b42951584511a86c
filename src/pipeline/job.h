// What is to be done, as plain data: the sources, the renditions wanted of each, and the rules for the
// output. A job can be copied, compared and written to a pipe (job_wire.h); it holds no handles and does
// nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image/codec.h"
#include "image/png_writer.h"
#include "image/resample.h"
#include "pipeline/name_template.h"
#include "pipeline/percent.h"

namespace labday {

/// One input file. A job may have millions: this is kept under 300 bytes, plan included.
struct Source {
  std::string path;                // as it will be opened; bytes, perhaps no UTF-8
  std::uint64_t file_bytes = 0;    // when it was found
  std::uint32_t dir_begin = 0;     // {dir}: path.substr(dir_begin, dir_length), the folder
  std::uint32_t dir_length = 0;    // relative to the SOURCE argument it was found by
  std::int64_t mtime_ns = 0;       // when it was found
  std::uint64_t content_hash = 0;  // hash64() of its content, where a journal is to have it; else 0

  [[nodiscard]] std::string_view dir() const { return std::string_view(path).substr(dir_begin, dir_length); }
  [[nodiscard]] std::string_view file_name() const;  // behind the last slash
  bool operator==(const Source&) const = default;
};

/// One output wanted from every source.
struct Rendition {
  Percent scale;           // of both sides; used where width is 0
  std::int32_t width = 0;  // in pixels, the height follows from the aspect
  Filter filter = Filter::bicubic;
  PngLevel level = PngLevel::balanced;
  bool operator==(const Rendition&) const = default;
};

/// The size of a rendition of an upright source of size `source`. A scale rounds down, `width` rounds the
/// height to nearest (halves up); neither side is ever below 1. over_limit where a side leaves 32 bits.
[[nodiscard]] Result<Size> rendition_size(const Rendition& rendition, Size source);

/// What happens where a rendition's file exists already.
enum class OnExists : std::uint8_t { error, skip, replace };

/// Refusals, with design defaults; each has a flag.
struct Limits {
  DecodeLimits decode;
  std::int64_t source_bytes = std::int64_t{1} << 30;  // --max-file-bytes
  std::int64_t rendition_pixels = 1'000'000'000;      // --max-rendition-pixels
  std::int64_t task_milliseconds = 0;                 // --task-timeout; 0: none
  std::int64_t memory_bytes = 0;                      // --memory-limit, of all workers together; 0: none
  bool operator==(const Limits&) const = default;
};

/// Whether the output folder gets a journal (journal.h) of what is put in place.
enum class Journalling : std::uint8_t {
  off,
  on,
  durable  // and nothing is recorded as done that a power cut could undo
};

/// Whether workers that are processes give up all that they do not need (transport/sandbox.h) before they see
/// anything of a source.
enum class Sandbox : std::uint8_t {
  off,
  automatic,  // where the mode has such workers and the kernel lets them
  required    // or nothing is started
};

struct Job {
  std::vector<Source> sources;
  std::vector<Rendition> renditions;  // at most kMaxRenditions
  std::string output_folder;
  NameTemplate name;
  OnExists on_exists = OnExists::error;
  bool apply_orientation = true;
  Limits limits;
  bool records = false;  // TaskResult::record is wanted: an experiment asks where the time went
  Journalling journalling = Journalling::off;
  Sandbox sandbox = Sandbox::off;
  bool operator==(const Job&) const = default;
};

/// A copy with everything but the sources.
[[nodiscard]] Job without_sources(const Job& job);

inline constexpr std::size_t kMaxRenditions = 1000;

/// What a mode schedules: renditions [first, last) of one source.
struct Task {
  std::uint32_t source = 0;
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  bool replace = false;  // what has their names is an earlier run's: replaced, whatever OnExists says
  bool operator==(const Task&) const = default;
};

/// How a job is cut into tasks.
enum class Grain : std::uint8_t { source, rendition, automatic };

[[nodiscard]] std::string_view name(Grain grain);
[[nodiscard]] std::string_view name(OnExists on_exists);

}  // namespace labday
