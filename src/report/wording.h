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

}  // namespace labday
