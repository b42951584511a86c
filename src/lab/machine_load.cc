#include "lab/machine_load.h"

#include <chrono>
#include <sstream>
#include <string>

#include "base/clock.h"
#include "lab/small_file.h"

namespace labday {
namespace {

template <class Parse>
auto parse_file(const char* path, Parse parse) -> decltype(parse(std::string_view())) {
  const std::optional<std::string> text = read_small_file(path);
  return text ? parse(*text) : std::nullopt;
}

}  // namespace

std::optional<std::array<double, 3>> parse_loadavg(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::array<double, 3> load{};
  if (in >> load[0] >> load[1] >> load[2]) return load;
  return std::nullopt;
}

std::optional<CpuTicks> parse_stat(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::string label;
  // user nice system idle iowait irq softirq steal; guest and guest_nice are part of user and nice already.
  std::array<std::uint64_t, 8> ticks{};
  if (!(in >> label) || label != "cpu") return std::nullopt;
  for (std::uint64_t& value : ticks) {
    if (!(in >> value)) return std::nullopt;
  }
  CpuTicks result{0, ticks[3] + ticks[4], ticks[7]};
  for (const std::uint64_t value : ticks) result.all += value;
  return result;
}

std::optional<double> parse_pressure(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::string word;
  if (!(in >> word) || word != "some") return std::nullopt;
  while (in >> word && word != "full") {
    if (!word.starts_with("total=")) continue;
    std::istringstream number(word.substr(6));
    std::uint64_t microseconds = 0;
    if (number >> microseconds) return static_cast<double>(microseconds) / 1e6;
  }
  return std::nullopt;
}

MachineLoad read_machine_load() {
  MachineLoad now;
  now.uptime_seconds = to_seconds(Clock::now().time_since_epoch());
  now.load = parse_file("/proc/loadavg", parse_loadavg);
  now.ticks = parse_file("/proc/stat", parse_stat);
  now.cpu_pressure_seconds = parse_file("/proc/pressure/cpu", parse_pressure);
  now.io_pressure_seconds = parse_file("/proc/pressure/io", parse_pressure);
  now.memory_pressure_seconds = parse_file("/proc/pressure/memory", parse_pressure);
  return now;
}

LoadBetween load_between(const MachineLoad& before, const MachineLoad& after) {
  LoadBetween between;
  if (before.ticks && after.ticks && after.ticks->all > before.ticks->all) {
    const auto all = static_cast<double>(after.ticks->all - before.ticks->all);
    // The kernel's counters of idle and stolen time may go back a little.
    const auto share = [&](std::uint64_t from, std::uint64_t to) {
      return to > from ? static_cast<double>(to - from) / all : 0.0;
    };
    between.stolen = share(before.ticks->stolen, after.ticks->stolen);
    between.busy = 1 - share(before.ticks->idle, after.ticks->idle) - *between.stolen;
  }
  const double seconds = after.uptime_seconds - before.uptime_seconds;
  const auto pressure = [&](const std::optional<double>& from,
                            const std::optional<double>& to) -> std::optional<double> {
    if (!from || !to || seconds <= 0) return std::nullopt;
    return (*to - *from) / seconds;
  };
  between.cpu_pressure = pressure(before.cpu_pressure_seconds, after.cpu_pressure_seconds);
  between.io_pressure = pressure(before.io_pressure_seconds, after.io_pressure_seconds);
  between.memory_pressure = pressure(before.memory_pressure_seconds, after.memory_pressure_seconds);
  return between;
}

}  // namespace labday
