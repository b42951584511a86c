#include "report/wording.h"

#include <fmt/format.h>

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

}  // namespace labday
