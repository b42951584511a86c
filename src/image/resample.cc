// Chooses how a resize is done: by copying, by nearest neighbour or by weights.
#include "image/resample.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "image/resample_strips.h"

namespace labday {
namespace {

/// Same size in and out: nothing is computed, and alpha loses nothing.
class CopiedStrips final : public Strips {
 public:
  explicit CopiedStrips(ImageView source) : source_(source) {}

  void rows(std::int32_t first, std::int32_t last, std::uint8_t* out) override {
    std::memcpy(out, source_.row(first), static_cast<std::size_t>(last - first) * source_.row_bytes());
  }

 private:
  ImageView source_;
};

std::unique_ptr<Strips> make_strips(ImageView source, Size target, Filter filter) {
  if (source.size == target) return std::make_unique<CopiedStrips>(source);
  if (filter == Filter::nearest) return nearest_strips(source, target);
  return filtered_strips(source, target, filter);
}

}  // namespace

std::optional<Filter> filter_from_name(std::string_view name) {
  const auto* const found = std::find(kFilterNames.begin(), kFilterNames.end(), name);
  if (found == kFilterNames.end()) return std::nullopt;
  return static_cast<Filter>(found - kFilterNames.begin());
}

struct Resampler::Impl {
  Size target;
  std::unique_ptr<Strips> strips;
};

Resampler::Resampler(ImageView source, Size target, Filter filter)
    : impl_(std::make_unique<Impl>(Impl{target, make_strips(source, target, filter)})) {
  assert(source.size.width > 0 && source.size.height > 0 && target.width > 0 && target.height > 0);
}
Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

Size Resampler::target() const { return impl_->target; }

void Resampler::rows(std::int32_t first, std::int32_t last, std::uint8_t* out) {
  assert(0 <= first && first <= last && last <= impl_->target.height);
  impl_->strips->rows(first, last, out);
}

Image resize(ImageView source, Size target, Filter filter) {
  Image result(target, source.format);
  Resampler(source, target, filter).rows(0, target.height, result.data());
  return result;
}

}  // namespace labday
