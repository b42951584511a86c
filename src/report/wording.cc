#include "report/wording.h"

#include <fmt/format.h>

#include <ctime>

#include "base/text.h"

namespace labday {

std::string counted(std::uint64_t n, std::string_view singular) {
  return fmt::format("{} {}{}", with_commas(n), singular, n == 1 ? "" : "s");
}

std::string rendition_list(const Job& job) {
  std::string list;
  for (const Rendition& rendition : job.renditions) {
    if (!list.empty()) list += ", ";
    list += rendition.width > 0 ? fmt::format("{} px", rendition.width) : rendition.scale.text() + " %";
  }
  if (!job.renditions.empty()) {
    const Rendition& first = job.renditions.front();
    list += fmt::format(" ({}, png {})", name(first.filter), name(first.level));
  }
  return list;
}

std::string took_line(std::string_view mode, double seconds) {
  return fmt::format("Running in {} mode took {:.2f} seconds (~{:.2f} minutes)\n", printable(mode), seconds,
                     seconds / 60);
}

std::string date_text(std::int64_t unix_time) {
  const auto time = static_cast<std::time_t>(unix_time);
  std::tm parts{};
  if (::localtime_r(&time, &parts) == nullptr) return "at an unknown time";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min);
}

}  // namespace labday
