// What is behind a Resampler: one class a way of resizing, each in its own file.
#pragma once

#include <cstdint>
#include <memory>

#include "image/image.h"
#include "image/resample.h"

namespace labday {

/// Makes rows of a target in any order; see Resampler::rows(). The source outlives it.
class Strips {
 public:
  virtual ~Strips() = default;
  virtual void rows(std::int32_t first, std::int32_t last, std::uint8_t* out) = 0;
};

/// Filter::nearest.
[[nodiscard]] std::unique_ptr<Strips> nearest_strips(ImageView source, Size target);

/// Every other filter.
[[nodiscard]] std::unique_ptr<Strips> filtered_strips(ImageView source, Size target, Filter filter);

}  // namespace labday
