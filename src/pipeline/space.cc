// What a job will need on disk, told from the headers of its sources, and what the disk has.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "image/orient.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "pipeline/probe_source.h"

namespace labday {
namespace {

constexpr std::size_t kHeadBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxProbes = 1000;
constexpr std::uint64_t kBlock = 4096;  // files take whole blocks

Result<Bytes> read_head(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return fail(system_error(Stage::read, errno, path, "cannot open"));
  Bytes head(kHeadBytes);
  const ssize_t n = ::read(file.get(), head.data(), head.size());
  if (n < 0) return fail(system_error(Stage::read, errno, path, "cannot read"));
  head.resize(static_cast<std::size_t>(n));
  return head;
}

}  // namespace

Result<ProbedSource> probe_source(const Job& job, const Source& source) {
  auto head = read_head(source.path);
  if (!head) return fail(std::move(head.error()));
  auto probed = probe(*head, job.limits.decode);
  if (!probed && probed.error().code == ErrorCode::truncated && head->size() == kHeadBytes) {
    head = read_whole_file(source.path, job.limits.source_bytes);
    if (!head) return fail(std::move(head.error()));
    probed = probe(*head, job.limits.decode);
  }
  if (!probed) {
    probed.error().path = source.path;
    return fail(std::move(probed.error()));
  }
  const Size size = job.apply_orientation ? upright_size(probed->size, probed->orientation) : probed->size;
  return ProbedSource{size, probed->format};
}

Size resampled_size(Size size, double factor) {
  const auto side = [&](std::int32_t pixels) {
    return static_cast<std::int32_t>(std::clamp(std::round(pixels * factor), 1.0, 2147483647.0));
  };
  return {side(size.width), side(size.height)};
}

SpaceEstimate estimate_space(const Job& job, double source_factor) {
  SpaceEstimate estimate;
  if (job.sources.empty()) return estimate;
  const std::size_t probes = std::min(job.sources.size(), kMaxProbes);
  SpaceEstimate sample;
  for (std::size_t i = 0; i < probes; ++i) {
    const auto source = probe_source(job, job.sources[i * job.sources.size() / probes]);
    ++sample.sampled;
    if (!source) continue;  // it will fail, and take no space
    const Size source_size = resampled_size(source->size, source_factor);
    for (const Rendition& rendition : job.renditions) {
      const auto size = rendition_size(rendition, source_size);
      if (!size || size->pixels() > job.limits.rendition_pixels) continue;
      const auto pixels = static_cast<std::uint64_t>(size->pixels());
      ++sample.renditions;
      sample.pixels += pixels;
      sample.bytes +=
          (pixels * static_cast<std::uint64_t>(channels(source->format)) / 2 / kBlock + 1) * kBlock;
    }
  }
  const double factor = static_cast<double>(job.sources.size()) / static_cast<double>(probes);
  const auto scaled = [&](std::uint64_t n) {
    return static_cast<std::uint64_t>(static_cast<double>(n) * factor);
  };
  return {scaled(sample.renditions), scaled(sample.pixels), scaled(sample.bytes), sample.sampled};
}

Result<std::uint64_t> free_space(const std::string& folder) {
  std::string path = folder.empty() ? "." : folder;
  struct statvfs status {};
  while (statvfs(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return fail(system_error(Stage::plan, errno, path, "cannot tell its free space"));
    const auto slash = path.find_last_not_of('/') == std::string::npos
                           ? std::string::npos
                           : path.rfind('/', path.find_last_not_of('/'));
    path = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  }
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace labday
