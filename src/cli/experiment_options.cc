#include "cli/experiment_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <random>

#include "cli/option_checks.h"
#include "modes/registry.h"

namespace labday {
namespace {

constexpr std::uint64_t kMostRounds = 100'000;
constexpr std::uint64_t kMostSweepRounds = 1000;
constexpr double kDefaultPrecision = 0.02;
constexpr Nanoseconds kDefaultMaxTime = std::chrono::minutes(10);
constexpr int kFewestForPrecision = 10;  // rounds before the widths of the intervals are believed

tl::unexpected<Error> usage(std::string detail) {
  return fail(Stage::plan, ErrorCode::usage, {}, std::move(detail));
}

std::string default_modes() {
  std::string list;
  for (const ModeInfo* info : all_modes()) {
    if (!info->unavailable().empty()) continue;
    list += fmt::format("{}{}", list.empty() ? "" : ",", info->name);
    for (const std::string_view variant : info->variants) list += fmt::format(",{}", variant);
  }
  return list;
}

/// Of a decimal without sign or exponent.
std::optional<double> decimal(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

template <class Number>
Number number_from(const std::string& checked) {
  Number number = 0;
  std::from_chars(checked.data(), checked.data() + checked.size(), number);
  return number;
}

}  // namespace

Result<Nanoseconds> parse_duration(std::string_view text) {
  std::string_view number = text;
  double unit = 1;
  if (!text.empty()) {
    const char last = text.back();
    if (last == 'm') unit = 60;
    if (last == 'h') unit = 3600;
    if (last == 's' || last == 'm' || last == 'h') number.remove_suffix(1);
  }
  constexpr double kYear = 366.0 * 24 * 3600;
  const std::optional<double> value = decimal(number);
  if (!value || *value * unit < 1e-3 || *value * unit > kYear) {
    return usage(fmt::format("'{}' is no time: write 90s, 10m or 1.5h", text));
  }
  return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(*value * unit));
}

Result<double> parse_share(std::string_view text) {
  std::string_view number = text;
  if (number.ends_with('%')) number.remove_suffix(1);
  const std::optional<double> value = decimal(number);
  if (!value || *value <= 0 || *value > 100) {
    return usage(fmt::format("'{}' is no precision: write a percentage such as 2%", text));
  }
  return *value / 100;
}

void ExperimentOptions::add_shared(CLI::App& command, const std::string& usual_max_time) {
  command.add_option("--modes", modes, "Mode specs, comma-separated [all that can run here]")
      ->check(not_empty());
  command
      .add_option("--baseline", baseline,
                  fmt::format("The mode spec that all are compared with [{}]", all_modes().front()->name))
      ->check(not_empty());
  command
      .add_option("--max-time", max_time,
                  "No block of rounds begins that would end later: 90s, 10m, 1.5h" + usual_max_time)
      ->check(not_empty());
  command.add_option("--seed", seed, "Of the order of the rounds and of the bootstrap [random]")
      ->check(whole_number(0, std::numeric_limits<std::uint32_t>::max()));
}

void ExperimentOptions::add_to(CLI::App& command) {
  command
      .add_option("--rounds", rounds,
                  "Timed executions a mode, interleaved; auto: until every ratio is known to --precision")
      ->check(whole_number_or("auto", 1, kMostRounds))
      ->capture_default_str();
  command
      .add_option("--precision", precision,
                  "With --rounds auto: how narrow the 95 % interval of every ratio has to be [2%]")
      ->check(not_empty());
  add_shared(command, " [10m with --rounds auto]");
}

void ExperimentOptions::add_to_sweep(CLI::App& command) {
  rounds = "5";
  command
      .add_option("--rounds", rounds,
                  "Timed executions of each mode at each point, interleaved over the grid")
      ->check(whole_number(1, kMostSweepRounds))
      ->capture_default_str();
  add_shared(command, "");
}

Result<void> ExperimentOptions::apply_to(ExperimentPlan& plan) const {
  const auto specs = ModeSpec::parse_list(modes.empty() ? default_modes() : modes);
  if (!specs) return fail(specs.error());
  for (const ModeSpec& spec : *specs) plan.modes.push_back(spec.text);
  plan.baseline = baseline.empty() ? all_modes().front()->name : baseline;
  if (const auto spec = ModeSpec::parse(plan.baseline); !spec) return fail(spec.error());
  if (std::find(plan.modes.begin(), plan.modes.end(), plan.baseline) == plan.modes.end()) {
    plan.modes.insert(plan.modes.begin(), plan.baseline);
  }

  const bool automatic = rounds == "auto";
  if (!precision.empty() && !automatic) return usage("--precision needs --rounds auto");
  plan.rounds = automatic ? kFewestForPrecision : number_from<int>(rounds);
  if (automatic) {
    plan.precision = kDefaultPrecision;
    plan.max_time = kDefaultMaxTime;
  }
  if (!precision.empty()) {
    const Result<double> share = parse_share(precision);
    if (!share) return fail(share.error());
    plan.precision = *share;
  }
  if (!max_time.empty()) {
    const Result<Nanoseconds> time = parse_duration(max_time);
    if (!time) return fail(time.error());
    plan.max_time = *time;
  }
  plan.seed = seed.empty() ? std::random_device()() : number_from<std::uint32_t>(seed);
  return {};
}

}  // namespace labday
