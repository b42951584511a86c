// Resize and encode, strip by strip. The rows of a strip go from the resampler to the encoder a few at a
// time, so that they are still in the cache, and strips that follow one another on one worker share a
// resampler, which then resizes no source row twice. Where several workers take part, each works on strips of
// its own.
#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "image/png_writer.h"
#include "image/resample.h"
#include "pipeline/stages.h"

namespace labday {
namespace {

/// A piece of the file is at least as long, but for the last one.
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// Rows that go through the cache together.
constexpr std::size_t kRowsBytes = std::size_t{64} << 10;

/// Strips are gone over in groups of about so many rows at least, since a worker that begins elsewhere in the
/// picture resizes some source rows once more.
constexpr std::int32_t kGroupRows = 192;
constexpr std::int32_t kMaxGroupStrips = 4;

/// How many groups are gone over at once: few while one worker does them all, for their strips wait in memory
/// to be written; many where several do, for these wait for one another at the end. With many workers the
/// memory counts for more: then fewer each.
constexpr std::int32_t kGroupsAlone = 3;
constexpr std::int32_t kGroupsAWorker = 12;
constexpr std::int32_t kMostGroups = 64;

/// For so many workers; at least two each, whatever the memory.
std::int32_t groups_of(std::int32_t workers) {
  return std::max(2 * workers, std::min(kMostGroups, kGroupsAWorker * workers));
}

/// What goes over strips that follow one another.
struct Lane {
  Lane(ImageView source, Size target, Filter filter) : resampler(source, target, filter) {}

  Resampler resampler;
  Bytes rows;                              // some that were just resized
  const std::uint8_t* last_row = nullptr;  // in `rows`: the one before next_row
  std::int32_t next_row = 0;
};

/// The encoded strips of the rendition that this thread made last, for their memory.
std::vector<PngStrip>& spare_strips() {
  static thread_local std::vector<PngStrip> strips;
  return strips;
}

}  // namespace

struct Rendering::Impl {
  Impl(const SourceView& view, const Rendition& rendition, Size size)
      : source(view.pixels),
        filter(rendition.filter),
        profile(view.icc_profile),
        strips(size, source.format, rendition.level),
        assembly(strips),
        encoded(std::move(spare_strips())) {
    group_strips = std::clamp((kGroupRows - 1) / strips.first_row(1) + 1, 1, kMaxGroupStrips);
  }
  ~Impl() { spare_strips() = std::move(encoded); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  State next(Bytes& piece, ForEach& for_each, const CancelToken& cancel, StageCosts& costs);
  void encode_groups(ForEach& for_each, const CancelToken& cancel, StageCosts& costs);
  void encode_group(std::int32_t first, std::int32_t from, std::int32_t to, const CancelToken& cancel,
                    StageCosts& costs);
  void encode_strip(std::int32_t strip, Lane& lane, PngStrip& out, StageCosts& costs) const;

  std::unique_ptr<Lane> take_lane(std::int32_t first_row, StageCosts& costs);
  void give_back(std::unique_ptr<Lane> lane);

  const ImageView source;
  const Filter filter;
  const ByteView profile;
  const PngStrips strips;
  PngAssembly assembly;
  std::int32_t group_strips = 1;

  // The strips [encoded_from, encoded_to): encoded, and partly in the file already.
  std::vector<PngStrip> encoded;
  std::int32_t encoded_from = 0;
  std::int32_t encoded_to = 0;
  std::atomic<bool> out_of_memory{false};
  std::atomic<bool> cancelled{false};
  std::mutex mutex;
  std::vector<std::unique_ptr<Lane>> idle;  // guarded by mutex
  std::int32_t busy = 0;                    // guarded by mutex
  std::int32_t most_busy = 1;               // guarded by mutex
};

Rendering::State Rendering::Impl::next(Bytes& piece, ForEach& for_each, const CancelToken& cancel,
                                       StageCosts& costs) {
  piece.clear();
  if (assembly.next_strip() == 0) {
    const StageTimer encoding(costs, Stage::encode);
    assembly.begin(profile, piece);
  }
  while (!assembly.complete() && piece.size() < kPieceBytes) {
    if (assembly.next_strip() == encoded_to) {
      encode_groups(for_each, cancel, costs);
      if (out_of_memory) throw std::bad_alloc();
      if (cancelled) return State::cancelled;
    }
    const StageTimer encoding(costs, Stage::encode);
    assembly.add(encoded[static_cast<std::size_t>(assembly.next_strip() - encoded_from)], piece);
  }
  return assembly.complete() ? State::complete : State::more;
}

/// Encodes the next strips.
void Rendering::Impl::encode_groups(ForEach& for_each, const CancelToken& cancel, StageCosts& costs) {
  const std::int32_t first = encoded_to;
  const std::int32_t left = (strips.count() - first - 1) / group_strips + 1;
  const auto groups =
      static_cast<std::size_t>(std::min(left, most_busy > 1 ? groups_of(most_busy) : kGroupsAlone));
  const std::int32_t last =
      std::min(strips.count(), first + static_cast<std::int32_t>(groups) * group_strips);
  if (encoded.size() < static_cast<std::size_t>(last - first)) {
    encoded.resize(static_cast<std::size_t>(last - first));
  }
  std::vector<StageCosts> group_costs(groups, StageCosts{{}, {}, costs.with_cpu});
  for_each(groups, [&](std::size_t group) {
    const std::int32_t from = first + static_cast<std::int32_t>(group) * group_strips;
    try {
      encode_group(first, from, std::min(last, from + group_strips), cancel, group_costs[group]);
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  });
  for (const StageCosts& one : group_costs) {
    for (std::size_t stage = 0; stage < one.wall.size(); ++stage) {
      costs.wall[stage] += one.wall[stage];
      costs.cpu[stage] += one.cpu[stage];
    }
  }
  encoded_from = first;
  encoded_to = last;
}

/// Encodes the strips [from, to), of which `first` is the first in `encoded`.
void Rendering::Impl::encode_group(std::int32_t first, std::int32_t from, std::int32_t to,
                                   const CancelToken& cancel, StageCosts& costs) {
  std::unique_ptr<Lane> lane = take_lane(strips.first_row(from), costs);
  for (std::int32_t strip = from; strip < to; ++strip) {
    if (cancel.requested()) cancelled = true;
    if (cancelled || out_of_memory) break;
    encode_strip(strip, *lane, encoded[static_cast<std::size_t>(strip - first)], costs);
  }
  give_back(std::move(lane));
}

void Rendering::Impl::encode_strip(std::int32_t strip, Lane& lane, PngStrip& out, StageCosts& costs) const {
  const std::size_t row_bytes = strips.row_bytes();
  const std::int32_t first = strips.first_row(strip);
  const std::int32_t last = strips.first_row(strip + 1);
  const auto at_once = static_cast<std::int32_t>(
      std::clamp<std::size_t>(kRowsBytes / row_bytes, 1, static_cast<std::size_t>(last - first)));
  const auto resize = [&](std::int32_t from, std::int32_t to) {
    const StageTimer resizing(costs, Stage::resize);
    const std::size_t bytes = static_cast<std::size_t>(to - from) * row_bytes;
    make_room(lane.rows, bytes);
    lane.resampler.rows(from, to, lane.rows.data());
    lane.last_row = lane.rows.data() + bytes - row_bytes;
    lane.next_row = to;
  };
  if (first > 0 && lane.next_row != first) resize(first - 1, first);

  PngStripEncoder& encoder = PngStripEncoder::of_this_thread();
  {
    const StageTimer encoding(costs, Stage::encode);
    encoder.begin(strips, strip, first > 0 ? lane.last_row : nullptr, out);
  }
  for (std::int32_t y = first; y < last; y += at_once) {
    const std::int32_t end = std::min(last, y + at_once);
    resize(y, end);
    const StageTimer encoding(costs, Stage::encode);
    encoder.write_rows(lane.rows.data(), end - y);
  }
  const StageTimer encoding(costs, Stage::encode);
  encoder.finish();
}

/// One that is to go on at that row if there is one, else any.
std::unique_ptr<Lane> Rendering::Impl::take_lane(std::int32_t first_row, StageCosts& costs) {
  {
    const std::lock_guard lock(mutex);
    most_busy = std::max(most_busy, ++busy);
    if (!idle.empty()) {
      const auto goes_on = [&](const std::unique_ptr<Lane>& lane) { return lane->next_row == first_row; };
      const auto found = std::find_if(idle.begin(), idle.end(), goes_on);
      std::swap(found != idle.end() ? *found : idle.front(), idle.back());
      std::unique_ptr<Lane> lane = std::move(idle.back());
      idle.pop_back();
      return lane;
    }
  }
  const StageTimer resizing(costs, Stage::resize);
  return std::make_unique<Lane>(source, strips.size(), filter);
}

void Rendering::Impl::give_back(std::unique_ptr<Lane> lane) {
  const std::lock_guard lock(mutex);
  --busy;
  idle.push_back(std::move(lane));
}

Rendering::Rendering(const SourceView& source, const Rendition& rendition, Size size)
    : impl_(std::make_unique<Impl>(source, rendition, size)) {}
Rendering::~Rendering() = default;
Rendering::Rendering(Rendering&&) noexcept = default;
Rendering& Rendering::operator=(Rendering&&) noexcept = default;

Rendering::State Rendering::next(Bytes& piece, ForEach& strips, const CancelToken& cancel,
                                 StageCosts& costs) {
  return impl_->next(piece, strips, cancel, costs);
}

}  // namespace labday
