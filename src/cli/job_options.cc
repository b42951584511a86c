#include "cli/job_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <type_traits>

#include "base/cpu_budget.h"
#include "base/text.h"
#include "cli/option_checks.h"

namespace labday {
namespace {

constexpr std::string_view kDefaultScales = "120%,140%,160%,180%,200%";
constexpr std::int32_t kMaxWidth = 1'000'000'000;

tl::unexpected<Error> usage(std::string detail) {
  return fail(Stage::plan, ErrorCode::usage, {}, std::move(detail));
}

template <class Names>
std::vector<std::string> strings(const Names& names) {
  return {names.begin(), names.end()};
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto comma = list.find(',');
    parts.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

constexpr const char* kLimitsGroup = "Limits";

Result<std::int32_t> parse_width(std::string_view text) {
  std::int32_t width = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
  if (error != std::errc() || end != text.data() + text.size() || width < 1 || width > kMaxWidth) {
    return usage(fmt::format("'{}' is no width: a width is a number of pixels such as 800", text));
  }
  return width;
}

}  // namespace

void JobOptions::add_to(CLI::App& command, const char* default_grain, Workers with_workers) {
  grain = default_grain;
  command.add_option("SOURCE", sources, "Files, folders (walked), globs, or @FILE with a list of them")
      ->required();
  auto* scale = command.add_option("--scale", scales,
                                   "Percentages, comma-separated [" + std::string(kDefaultScales) + "]");
  command
      .add_option("--width", widths, "Widths in pixels instead, comma-separated; the height keeps the aspect")
      ->excludes(scale);
  command.add_option("--filter", filter, "Resampling filter, as Pillow's")
      ->check(CLI::IsMember(strings(kFilterNames)))
      ->default_str("bicubic");
  command.add_option("--png", level, "Speed against size of the PNGs")
      ->check(CLI::IsMember(strings(kPngLevelNames)))
      ->default_str("balanced");
  command.add_option("--orient", orient, "Apply the EXIF orientation, or leave the pixels as stored")
      ->check(CLI::IsMember({"exif", "none"}))
      ->default_str("exif");
  command
      .add_option(
          "--name", name,
          "Names below the output folder: {dir} {stem} {source} {percent} {percent:.1f} {width} {height} "
          "{format} {ext}")
      ->check(not_empty());
  command.add_option("--grain", grain, "What a task is: a source, or a single rendition")
      ->check(CLI::IsMember({"source", "rendition", "auto"}))
      ->capture_default_str();
  if (with_workers == Workers::one_count) {
    command
        .add_option("-j,--workers", workers, "Threads or processes at work [the cores this process may use]")
        ->check(whole_number(1, 10'000));
  }
  command
      .add_option("--json", json, "Write the results as JSON too; `-` is stdout, and the text goes to stderr")
      ->check(not_empty());
  command.add_option("--progress", progress, "A progress line on stderr; auto: on a terminal only")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->default_str("auto");
  command.add_flag("--quiet", quiet, "Say nothing but errors");
  command.add_flag("--no-history", no_history,
                   "Neither look at nor remember what earlier experiments said about the modes");
  command.add_flag("--no-space-check", no_space_check, "Start even if the disk looks too small");

  const auto limit = [&](const char* flag, auto& value, const char* help) {
    const auto most = std::numeric_limits<std::remove_reference_t<decltype(value)>>::max();
    command.add_option(flag, value, help)
        ->check(whole_number(1, static_cast<std::uint64_t>(most)))
        ->capture_default_str()
        ->group(kLimitsGroup);
  };
  limit("--max-pixels", limits.decode.source_pixels, "Pixels of a source");
  limit("--max-rendition-pixels", limits.rendition_pixels, "Pixels of a rendition");
  limit("--max-file-bytes", limits.source_bytes, "Bytes of a source file");
  limit("--max-jpeg-scans", limits.decode.jpeg_scans, "Scans of a progressive JPEG");
  limit("--max-png-chunks", limits.decode.png_chunks, "Ancillary chunks of a PNG");
  limit("--max-png-chunk-bytes", limits.decode.png_chunk_bytes, "Bytes of one of them, decompressed");
  command
      .add_option("--memory-limit", memory_limit,
                  "Bytes of decoded sources of all workers together, such as 2G: tasks wait until theirs fit")
      ->check(byte_size())
      ->group(kLimitsGroup);
  command
      .add_option(
          "--sandbox", sandbox,
          "Worker processes give up files, network and all else that they do not need; auto: where they can")
      ->check(CLI::IsMember({"off", "auto"}))
      ->default_str("auto")
      ->group(kLimitsGroup);
}

void JobOptions::let_sandbox_be_required(CLI::App& command) {
  command.remove_option(command.get_option("--sandbox"));
  command
      .add_option(
          "--sandbox", sandbox,
          "Worker processes give up files, network and all else that they do not need; auto: where they "
          "can; require: or nothing is started")
      ->check(CLI::IsMember({"off", "auto", "require"}))
      ->default_str("auto")
      ->group(kLimitsGroup);
}

Result<Job> JobOptions::make_job() const {
  Job job;
  job.limits = limits;
  job.limits.memory_bytes = static_cast<std::int64_t>(bytes_from(memory_limit).value_or(0));
  job.sandbox = sandbox_wanted();
  job.apply_orientation = orient != "none";
  if (!widths.empty()) job.name = NameTemplate::for_widths();
  if (!name.empty()) {
    auto parsed = NameTemplate::parse(name);
    if (!parsed) return fail(std::move(parsed.error()));
    job.name = std::move(*parsed);
  }
  Rendition rendition;
  if (!filter.empty()) rendition.filter = *filter_from_name(filter);
  if (!level.empty()) rendition.level = *png_level_from_name(level);
  if (!widths.empty()) {
    if (job.name.uses_percent())
      return usage("a --name with {percent} needs --scale; use {width} with --width");
    for (const std::string_view text : split(widths)) {
      const auto width = parse_width(text);
      if (!width) return fail(width.error());
      rendition.width = *width;
      job.renditions.push_back(rendition);
    }
  } else {
    for (const std::string_view text : split(scales.empty() ? kDefaultScales : std::string_view(scales))) {
      const auto scale = Percent::parse(text);
      if (!scale) return fail(scale.error());
      rendition.scale = *scale;
      job.renditions.push_back(rendition);
    }
  }
  if (job.renditions.size() > kMaxRenditions) {
    return usage(
        fmt::format("{} renditions are more than {} a source", job.renditions.size(), kMaxRenditions));
  }
  return job;
}

Sandbox JobOptions::sandbox_wanted() const {
  return sandbox == "off" ? Sandbox::off : sandbox == "require" ? Sandbox::required : Sandbox::automatic;
}

Grain JobOptions::grain_wanted() const {
  return grain == "source" ? Grain::source : grain == "rendition" ? Grain::rendition : Grain::automatic;
}

ProgressMode JobOptions::progress_wanted_mode() const {
  if (quiet || progress == "off") return ProgressMode::off;
  return progress == "on" ? ProgressMode::on : ProgressMode::automatic;
}

int JobOptions::worker_count() const { return workers > 0 ? workers : cpu_budget().cores(); }

}  // namespace labday
