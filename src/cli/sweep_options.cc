#include "cli/sweep_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/option_checks.h"
#include "modes/mode.h"

namespace labday {
namespace {

constexpr double kMostFactor = 1'000'000;
constexpr double kLeastFactor = 1e-6;

tl::unexpected<Error> usage(std::string detail) {
  return fail(Stage::plan, ErrorCode::usage, {}, std::move(detail));
}

/// Each piece between commas by `parse`, ascending; `shown` is how a value is called in an error.
template <class Value, class Parse>
Result<std::vector<Value>> parse_axis(std::string_view list, std::string_view flag, Parse parse) {
  std::vector<Value> values;
  for (;;) {
    const std::string_view piece = list.substr(0, list.find(','));
    const Result<Value> value = parse(piece);
    if (!value) return fail(value.error());
    values.push_back(*value);
    if (piece.size() == list.size()) break;
    list.remove_prefix(piece.size() + 1);
  }
  std::sort(values.begin(), values.end());
  const auto twice = std::adjacent_find(values.begin(), values.end());
  if (twice != values.end())
    return usage(fmt::format("{:g} is in {} twice", static_cast<double>(*twice), flag));
  return values;
}

}  // namespace

Result<std::vector<double>> parse_factors(std::string_view list, std::string_view flag) {
  return parse_axis<double>(list, flag, [&](std::string_view piece) -> Result<double> {
    std::string_view number = piece;
    const bool marked = number.ends_with('x');
    if (marked) number.remove_suffix(1);
    double value = 0;
    const char* const end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, value, std::chars_format::fixed);
    if (!marked || error != std::errc() || stop != end || !(value >= kLeastFactor && value <= kMostFactor)) {
      return usage(fmt::format("'{}' in {} is no factor: write 0.5x, 1x or 10x", piece, flag));
    }
    return value;
  });
}

Result<std::vector<int>> parse_worker_counts(std::string_view list) {
  return parse_axis<int>(list, "--workers", [](std::string_view piece) -> Result<int> {
    int value = 0;
    const char* const end = piece.data() + piece.size();
    const auto [stop, error] = std::from_chars(piece.data(), end, value);
    if (error != std::errc() || stop != end || value < 1 || value > kMaxWorkers) {
      return usage(fmt::format("'{}' in --workers is no number from 1 to {}", piece, kMaxWorkers));
    }
    return value;
  });
}

void SweepOptions::add_to(CLI::App& command) {
  command
      .add_option("--sources", sources, "Numbers of sources, as factors: repeated above 1x, sampled below")
      ->check(not_empty())
      ->capture_default_str();
  command
      .add_option("--size", sizes, "Sizes of the sources, as factors of both sides: resampled where not 1x")
      ->check(not_empty())
      ->capture_default_str();
  command
      .add_option("-j,--workers", workers,
                  "Counts of threads or processes [1, 2, 4 … up to the cores this process may use]")
      ->check(not_empty());
  command.add_flag("--fresh", fresh,
                   "Start anew, even if the JSON file holds a sweep that could be gone on with");
}

Result<void> SweepOptions::apply_to(SweepPlan& plan, int cores) const {
  auto source_factors = parse_factors(sources, "--sources");
  if (!source_factors) return fail(std::move(source_factors.error()));
  auto size_factors = parse_factors(sizes, "--size");
  if (!size_factors) return fail(std::move(size_factors.error()));
  plan.sources = std::move(*source_factors);
  plan.sizes = std::move(*size_factors);
  if (workers.empty()) {
    plan.workers.clear();
    for (int count = 1; count < cores; count *= 2) plan.workers.push_back(count);
    plan.workers.push_back(cores);
    return {};
  }
  auto counts = parse_worker_counts(workers);
  if (!counts) return fail(std::move(counts.error()));
  plan.workers = std::move(*counts);
  return {};
}

}  // namespace labday
