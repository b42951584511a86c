#include "base/kernel_figures.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "base/unique_fd.h"

namespace labday {
namespace {

/// The beginning of a file of /proc, at once; empty where it cannot be read.
std::string read_text(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  std::array<char, 4096> text{};
  const ssize_t n = ::read(file.get(), text.data(), text.size());
  return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string();
}

/// The number at the front of `text`, behind blanks; `text` goes on behind it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool delays_are_counted() {
  static const bool counted = read_text("/proc/sys/kernel/task_delayacct").starts_with('1');
  return counted;
}

template <class T>
std::optional<T> difference(const std::optional<T>& before, const std::optional<T>& after) {
  if (!before || !after) return std::nullopt;
  return *after > *before ? *after - *before : T{};
}

template <class T>
void add_to(std::optional<T>& sum, const std::optional<T>& more) {
  if (more) sum = sum.value_or(T{}) + *more;
}

}  // namespace

void parse_schedstat(std::string_view text, KernelFigures& figures) {
  const auto cpu = take_number(text);
  const auto delay = take_number(text);
  const auto slices = take_number(text);
  if (!cpu || !delay || !slices) return;
  figures.cpu = Nanoseconds(*cpu);
  figures.run_delay = Nanoseconds(*delay);
}

void parse_switches(std::string_view text, KernelFigures& figures) {
  const auto value = [&](std::string_view label) -> std::optional<std::uint64_t> {
    const auto place = text.find(label);
    if (place == std::string_view::npos) return std::nullopt;
    std::string_view rest = text.substr(place + label.size());
    return take_number(rest);
  };
  figures.voluntary_switches = value("\nvoluntary_ctxt_switches:");
  figures.involuntary_switches = value("\nnonvoluntary_ctxt_switches:");
}

void parse_block_delay(std::string_view text, KernelFigures& figures) {
  const auto name_end = text.rfind(')');  // the second field may hold anything
  if (name_end == std::string_view::npos) return;
  std::string_view rest = text.substr(name_end + 1);
  for (int field = 3; field < 42; ++field) {
    const auto begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos) return;
    const auto end = rest.find(' ', begin);
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end);
  }
  const auto ticks = take_number(rest);
  if (!ticks) return;
  const long a_second = ::sysconf(_SC_CLK_TCK);
  if (a_second > 0) {
    figures.block_delay = Nanoseconds(static_cast<Nanoseconds::rep>(*ticks) * (1'000'000'000 / a_second));
  }
}

KernelFigures read_kernel_figures(const std::string& folder) {
  KernelFigures figures;
  parse_schedstat(read_text(folder + "/schedstat"), figures);
  parse_switches(read_text(folder + "/status"), figures);
  if (delays_are_counted()) parse_block_delay(read_text(folder + "/stat"), figures);
  return figures;
}

KernelFigures own_kernel_figures() { return read_kernel_figures("/proc/thread-self"); }

KernelFigures between(const KernelFigures& before, const KernelFigures& after) {
  return {difference(before.cpu, after.cpu), difference(before.run_delay, after.run_delay),
          difference(before.block_delay, after.block_delay),
          difference(before.voluntary_switches, after.voluntary_switches),
          difference(before.involuntary_switches, after.involuntary_switches)};
}

void add(KernelFigures& sum, const KernelFigures& more) {
  add_to(sum.cpu, more.cpu);
  add_to(sum.run_delay, more.run_delay);
  add_to(sum.block_delay, more.block_delay);
  add_to(sum.voluntary_switches, more.voluntary_switches);
  add_to(sum.involuntary_switches, more.involuntary_switches);
}

}  // namespace labday
