// Phrases that several reports share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/job.h"

namespace labday {

/// `1 source`, `1,234 sources`.
[[nodiscard]] std::string counted(std::uint64_t n, std::string_view singular);

/// `120 %, 140 % (bicubic, png balanced)`, `800 px (…)`: what is wanted of every source. A command line gives
/// all renditions one filter and one level.
[[nodiscard]] std::string rendition_list(const Job& job);

/// The line of the lab notebook, `Running in blocking mode took 7.55 seconds (~0.13 minutes)`, with its line
/// feed.
[[nodiscard]] std::string took_line(std::string_view mode, double seconds);

/// `2026-05-12 14:03`, in the time zone of this process.
[[nodiscard]] std::string date_text(std::int64_t unix_time);

}  // namespace labday
