#include "lab/sweep_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/text.h"
#include "image/codec.h"
#include "image/orient.h"
#include "image/samples.h"
#include "lab/manifest.h"
#include "pipeline/outcome.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"

namespace labday {
namespace {
namespace fs = std::filesystem;

constexpr int kJpegQuality = 90;
constexpr std::uint64_t kBlock = 4096;

Result<void> make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(system_error(Stage::plan, error.value(), folder, "make a folder for the sweep"));
  return {};
}

Result<void> write_file(const std::string& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) return {};
  return fail(system_error(Stage::plan, errno, path, "write a resampled source"));
}

/// The bytes of the source at another size; its errors are about the source.
Result<Bytes> resampled(const Job& job, ByteView file, double factor) {
  Result<Decoded> decoded = decode(file, job.limits.decode);
  if (!decoded) return fail(std::move(decoded.error()));
  Image image = job.apply_orientation ? apply_orientation(std::move(decoded->image), decoded->orientation)
                                      : std::move(decoded->image);
  const Size size = resampled_size(image.size(), factor);
  if (size.pixels() > job.limits.decode.source_pixels) {
    return fail(Stage::plan, ErrorCode::over_limit, {},
                fmt::format("at --size {:g}x it has {}x{} pixels, and --max-pixels is {}", factor, size.width,
                            size.height, job.limits.decode.source_pixels));
  }
  const Image other = resize(image.view(), size, Filter::bicubic);
  const bool jpeg = find_codec(file) == &kJpegCodec && !has_alpha(other.format()) &&
                    std::max(size.width, size.height) <= kMaxJpegSide;
  return jpeg ? encode_jpeg(other.view(), kJpegQuality)
              : encode_png(other.view(), PngLevel::fast, decoded->icc_profile);
}

Result<std::string> absolute(const std::string& path) {
  std::error_code error;
  const fs::path found = fs::canonical(path, error);
  if (error) return fail(system_error(Stage::read, error.value(), path, "cannot open"));
  return found.string();
}

}  // namespace

Result<Source> SweepInputs::resample(const Source& source, std::size_t size, std::size_t number) {
  const Result<Bytes> file = read_whole_file(source.path, plan_.job.limits.source_bytes);
  if (!file) return source;  // it will fail in every job, too
  Result<Bytes> bytes = guarded(Stage::plan, [&] { return resampled(plan_.job, *file, plan_.sizes[size]); });
  if (!bytes) {
    Error error = std::move(bytes.error());
    if (error.stage == Stage::decode) return source;
    error.path = source.path;
    return fail(std::move(error));
  }
  Source made;
  made.path = fmt::format("{}/size-{}/{}", folder_, size, number);
  made.file_bytes = bytes->size();
  if (Result<void> written = write_file(made.path, *bytes); !written) return fail(std::move(written.error()));
  return made;
}

/// Where the content of each of the user's sources is, at this size.
Result<const std::vector<Source>*> SweepInputs::of_size(std::size_t size, const CancelToken& cancel) {
  by_size_.resize(plan_.sizes.size());
  std::vector<Source>& made = by_size_[size];
  if (!made.empty()) return &made;
  if (plan_.sizes[size] == 1) {
    made = plan_.job.sources;
    return &made;
  }
  if (Result<void> folder = make_folder(fmt::format("{}/size-{}", folder_, size)); !folder) {
    return fail(std::move(folder.error()));
  }
  std::vector<Source> sources;
  for (const Source& source : plan_.job.sources) {
    if (cancel.requested()) return fail(Stage::plan, ErrorCode::cancelled, {}, "the sweep was stopped");
    Result<Source> one = resample(source, size, sources.size());
    if (!one) return fail(std::move(one.error()));
    sources.push_back(std::move(*one));
  }
  made = std::move(sources);
  return &made;
}

Result<std::vector<Source>> SweepInputs::make(const SweepJob& job, const CancelToken& cancel) {
  const auto content = of_size(job.size, cancel);
  if (!content) return fail(content.error());
  const std::vector<Source>& originals = plan_.job.sources;
  const std::string root = root_of(job);
  std::vector<Source> sources;
  for (const std::size_t place : picked(job)) {
    if (cancel.requested()) return fail(Stage::plan, ErrorCode::cancelled, {}, "the sweep was stopped");
    const Source& original = originals[place];
    const std::string dir(original.dir());
    const std::string folder = dir.empty() ? root : fmt::format("{}/{}", root, dir);
    Result<std::string> target = absolute((**content)[place].path);
    if (!target) return fail(std::move(target.error()));
    if (Result<void> made = make_folder(folder); !made) return fail(std::move(made.error()));
    Source source;
    source.path = fmt::format("{}/{}-{}", folder, sources.size() + 1, original.file_name());
    source.file_bytes = (**content)[place].file_bytes;
    source.dir_begin = static_cast<std::uint32_t>(root.size() + 1);
    source.dir_length = static_cast<std::uint32_t>(dir.size());
    std::error_code error;
    fs::create_symlink(*target, source.path, error);
    if (error) return fail(system_error(Stage::plan, error.value(), source.path, "link a source"));
    sources.push_back(std::move(source));
  }
  return sources;
}

void SweepInputs::name_originals(const SweepJob& job, std::span<Error> errors) const {
  if (errors.empty()) return;
  const std::string root = root_of(job) + "/";
  const std::vector<std::size_t> places = picked(job);
  for (Error& error : errors) {
    if (!error.path.starts_with(root)) continue;
    std::size_t number = 0;
    const char* const name = error.path.data() + error.path.rfind('/') + 1;
    std::from_chars(name, error.path.data() + error.path.size(), number);
    if (number >= 1 && number <= places.size()) error.path = plan_.job.sources[places[number - 1]].path;
  }
}

std::string SweepInputs::root_of(const SweepJob& job) const {
  return fmt::format("{}/job-{}-{}", folder_, job.sources, job.size);
}

std::vector<std::size_t> SweepInputs::picked(const SweepJob& job) const {
  std::vector<std::uint64_t> bytes;
  for (const Source& source : plan_.job.sources) bytes.push_back(source.file_bytes);
  return pick_sources(bytes, source_count(plan_.sources[job.sources], plan_.job.sources.size()));
}

SweepSpace estimate_sweep_space(const SweepPlan& plan, const SweepGrid& grid) {
  SweepSpace space;
  const auto found = static_cast<double>(plan.job.sources.size());
  std::vector<SpaceEstimate> by_size;
  for (const double factor : plan.sizes) {
    by_size.push_back(estimate_space(plan.job, factor));
    if (factor == 1) continue;
    // A PNG of a photograph takes half of its raw bytes, and a JPEG less than that.
    Job copies = plan.job;
    copies.renditions.assign(1, Rendition{});  // 100 %
    space.inputs_bytes += estimate_space(copies, factor).bytes;
  }
  for (const SweepJob& job : grid.jobs()) {
    const auto count = static_cast<double>(source_count(plan.sources[job.sources], plan.job.sources.size()));
    const double share = count / found;
    space.job_pixels.push_back(share * static_cast<double>(by_size[job.size].pixels));
    space.inputs_bytes += static_cast<std::uint64_t>(count) * kBlock;  // a long link takes a block
    space.round_bytes = std::max(
        space.round_bytes, static_cast<std::uint64_t>(share * static_cast<double>(by_size[job.size].bytes)));
  }
  return space;
}

Result<std::string> hash_sources(const Job& job) {
  Manifest manifest;
  for (const Source& source : job.sources) {
    Result<std::string> path = absolute(source.path);
    if (!path) return fail(std::move(path.error()));
    Result<ManifestEntry> entry =
        read_manifest_entry(*path, fmt::format("{}/{}", source.dir(), source.file_name()));
    if (!entry) return fail(std::move(entry.error()));
    manifest.files.push_back(std::move(*entry));
  }
  return manifest.hash();
}

}  // namespace labday
