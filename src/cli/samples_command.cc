// `labday samples -o DIR`: deterministic photo-like JPEGs to try things on.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <memory>
#include <string_view>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/option_checks.h"
#include "cli/outputs.h"
#include "image/samples.h"
#include "pipeline/posix_io.h"
#include "pipeline/stages.h"

namespace labday {
namespace {

constexpr std::string_view kExistsRemedy =
    "Name another folder with -o, or remove the samples that are there";
constexpr int kQuality = 90;
constexpr std::int32_t kMaxSide = 65'500;  // JPEG's

struct SamplesOptions {
  std::string output;
  std::int32_t count = 10;
  std::string size = "1200x800";
  std::uint64_t seed = 1;
};

Result<Size> parse_size(const std::string& text) {
  Size size;
  const char* const end = text.data() + text.size();
  const auto [x, first] = std::from_chars(text.data(), end, size.width);
  const bool separated = first == std::errc() && x != end && *x == 'x';
  const auto [stop, second] = std::from_chars(separated ? x + 1 : end, end, size.height);
  const auto fits = [](std::int32_t side) { return side >= 1 && side <= kMaxSide; };
  if (second != std::errc() || stop != end || !fits(size.width) || !fits(size.height)) {
    return fail(
        Stage::plan, ErrorCode::usage, {},
        fmt::format("'{}' is no size: a size is WIDTHxHEIGHT with sides from 1 to {}", text, kMaxSide));
  }
  return size;
}

int samples(const SamplesOptions& options) {
  const Interrupt interrupt;
  const auto size = parse_size(options.size);
  if (!size) return refuse(size.error());
  const auto checked = check_outputs({{"-o", options.output, Output::Content::folder}});
  if (!checked) return refuse(checked.error());
  const auto io = PosixIo::open(options.output);
  if (!io) return refuse(io.error());
  const int digits = std::max(2, static_cast<int>(std::to_string(options.count).size()));
  const auto name_of = [&](std::int32_t i) { return fmt::format("sample-{:0{}}.jpg", i + 1, digits); };
  for (std::int32_t i = 0; i < options.count; ++i) {
    if ((*io)->exists(name_of(i))) {
      return refuse({Stage::plan, ErrorCode::exists, options.output + "/" + name_of(i), "it is there already",
                     kExistsRemedy});
    }
  }
  std::uint64_t bytes = 0;
  for (std::int32_t i = 0; i < options.count; ++i) {
    if (interrupt.token().requested()) return kSignalled + interrupt.signal();
    const Bytes file = encode_jpeg(draw_sample(options.seed, i, *size).view(), kQuality);
    if (auto written = write_file(**io, name_of(i), file, OnExists::error); !written) {
      if (written.error().code == ErrorCode::exists) written.error().own_remedy = kExistsRemedy;
      print_error(written.error());
      return kSomeFailed;
    }
    bytes += file.size();
  }
  const std::string said = fmt::format("{} samples of {} ({}) in {}\n", options.count, options.size,
                                       human_bytes(bytes), printable(options.output));
  return succeeded(Console(false, {}).say(said)) ? kAllDone : kSomeFailed;
}

}  // namespace

void add_samples_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<SamplesOptions>();
  CLI::App* command = app.add_subcommand("samples", "Draw photo-like JPEGs to try things on");
  command->add_option("-o,--output", options->output, "Folder for them")->required()->check(not_empty());
  command->add_option("--count", options->count, "How many")
      ->check(whole_number(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--size", options->size, "Width and height in pixels")->capture_default_str();
  command->add_option("--seed", options->seed, "Same seed, same pictures")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->capture_default_str();
  command->footer("Example:\n  labday samples -o photos --count 10 --size 1200x800 --seed 1");
  command->callback([options, &status] { status = samples(*options); });
}

}  // namespace labday
