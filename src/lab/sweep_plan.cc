#include "lab/sweep_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>

#include "lab/round_order.h"

namespace labday {

std::string_view name(SweepAxis axis) {
  constexpr std::array<std::string_view, kSweepAxes> kNames{"sources", "size", "workers"};
  return kNames.at(static_cast<std::size_t>(axis));
}

SweepGrid::SweepGrid(const SweepPlan& plan)
    : sizes_(plan.sizes.size()), worker_counts_(plan.workers.size()), modes_(plan.modes.size()) {
  while (baseline_ + 1 < modes_ && plan.modes[baseline_].spec != plan.baseline) ++baseline_;
  assert(plan.modes[baseline_].spec == plan.baseline);
  for (std::size_t sources = 0; sources < plan.sources.size(); ++sources) {
    for (std::size_t size = 0; size < sizes_; ++size) jobs_.push_back({sources, size});
  }
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    for (std::size_t workers = 0; workers < worker_counts_; ++workers) {
      points_.push_back({job, workers});
      for (std::size_t place = 0; place <= modes_; ++place) {
        const bool control = place == modes_;
        const std::size_t mode = control ? baseline_ : place;
        if (plan.modes[mode].takes_workers || workers == 0) {
          entry_of_.push_back(entries_.size());
          entries_.push_back({job, mode, workers, control});
        } else {
          entry_of_.push_back(entry_of_[point(job, 0) * (modes_ + 1) + place]);
        }
      }
    }
  }
}

std::size_t SweepGrid::entry(std::size_t point, std::size_t mode) const {
  return entry_of_.at(point * (modes_ + 1) + mode);
}

std::size_t SweepGrid::control(std::size_t point) const { return entry(point, modes_); }

std::vector<SweepTurn> sweep_turns(const SweepPlan& plan, const SweepGrid& grid) {
  RoundOrder order(grid.entries().size(), plan.seed);
  std::vector<SweepTurn> turns;
  for (int block = 1; block <= plan.rounds; ++block) {
    int position = 0;
    for (const std::size_t entry : order.next_block()) turns.push_back({block, ++position, entry});
  }
  return turns;
}

std::uint64_t source_count(double factor, std::uint64_t found) {
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::llround(factor * static_cast<double>(found))));
}

std::vector<std::size_t> pick_sources(std::span<const std::uint64_t> bytes, std::uint64_t count) {
  std::vector<std::size_t> picked;
  picked.reserve(count);
  for (std::uint64_t whole = count / bytes.size(); whole > 0; --whole) {
    for (std::size_t i = 0; i < bytes.size(); ++i) picked.push_back(i);
  }
  const std::uint64_t rest = count % bytes.size();
  std::vector<std::size_t> by_size(bytes.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](std::size_t a, std::size_t b) { return bytes[a] < bytes[b]; });
  const auto whole_end = static_cast<std::ptrdiff_t>(picked.size());
  // The middle of each layer.
  for (std::uint64_t i = 0; i < rest; ++i) picked.push_back(by_size[(2 * i + 1) * bytes.size() / (2 * rest)]);
  std::sort(picked.begin() + whole_end, picked.end());
  return picked;
}

Result<void> check_grid_size(const SweepPlan& plan) {
  // Counted before the grid is made, which would take as much memory as it is large.
  double entries = static_cast<double>(plan.modes.size() + 1) * static_cast<double>(plan.workers.size());
  entries *= static_cast<double>(plan.sources.size()) * static_cast<double>(plan.sizes.size());
  if (entries <= static_cast<double>(kMostSweepEntries)) return {};
  return fail(Stage::plan, ErrorCode::usage, {},
              fmt::format("the grid has {:.0f} rounds a block, and at most {} are possible", entries,
                          kMostSweepEntries));
}

Result<void> check_sweep(const SweepPlan& plan) {
  const auto usage = [](std::string detail) {
    return fail(Stage::plan, ErrorCode::usage, {}, std::move(detail));
  };
  const std::uint64_t found = plan.job.sources.size();
  for (std::size_t i = 0; i < plan.sources.size(); ++i) {
    if (plan.sources[i] * static_cast<double>(found) > static_cast<double>(kMostSweepSources)) {
      return usage(fmt::format("--sources {:g}x of {} are more than {} sources", plan.sources[i], found,
                               kMostSweepSources));
    }
    const std::uint64_t count = source_count(plan.sources[i], found);
    if (i > 0 && count == source_count(plan.sources[i - 1], found)) {
      return usage(fmt::format("--sources {:g}x and {:g}x of {} are both {}", plan.sources[i - 1],
                               plan.sources[i], found, count));
    }
  }
  return check_grid_size(plan);
}

}  // namespace labday
