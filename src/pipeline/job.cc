#include "pipeline/job.h"

#include <algorithm>
#include <limits>

namespace labday {

std::string_view Source::file_name() const {
  const std::string_view whole = path;
  const auto slash = whole.rfind('/');
  return slash == std::string_view::npos ? whole : whole.substr(slash + 1);
}

Result<Size> rendition_size(const Rendition& rendition, Size source) {
  if (rendition.width == 0) {
    const auto width = rendition.scale.of(source.width);
    if (!width) return fail(width.error());
    const auto height = rendition.scale.of(source.height);
    if (!height) return fail(height.error());
    return Size{*width, *height};
  }
  const auto numerator = std::int64_t{source.height} * rendition.width * 2 + source.width;
  const auto height = std::max<std::int64_t>(1, numerator / (std::int64_t{source.width} * 2));
  if (height > std::numeric_limits<std::int32_t>::max()) {
    return fail(Stage::resize, ErrorCode::over_limit, {},
                "a rendition of width " + std::to_string(rendition.width) + " would be " +
                    std::to_string(height) + " pixels high");
  }
  return Size{rendition.width, static_cast<std::int32_t>(height)};
}

std::string_view name(Grain grain) {
  switch (grain) {
    case Grain::source:
      return "source";
    case Grain::rendition:
      return "rendition";
    case Grain::automatic:
      break;
  }
  return "auto";
}

std::string_view name(OnExists on_exists) {
  switch (on_exists) {
    case OnExists::error:
      return "error";
    case OnExists::skip:
      return "skip";
    case OnExists::replace:
      break;
  }
  return "replace";
}

Job without_sources(const Job& job) {
  return {{},         job.renditions, job.output_folder, job.name,   job.on_exists, job.apply_orientation,
          job.limits, job.records,    job.journalling,   job.sandbox};
}

}  // namespace labday
