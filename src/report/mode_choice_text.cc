#include "report/mode_choice_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/wording.h"

namespace labday {

std::string mode_choice_text(const std::string& mode, const std::optional<ModeChoice>& choice, int workers,
                             bool history_used) {
  if (!choice) {
    return fmt::format("Chosen: {} — by the simple rule for {}, since {}.\n", printable(mode),
                       counted(static_cast<std::uint64_t>(workers), "worker"),
                       history_used ? "no earlier bench or sweep on this machine was of a job like this one"
                                    : "earlier experiments are not looked at");
  }
  const HistoryEntry& from = choice->from;
  const auto found = std::find_if(from.modes.begin(), from.modes.end(),
                                  [&](const HistoryMode& known) { return known.mode == mode; });
  std::string figures;
  if (found != from.modes.end() && mode != from.baseline) {
    figures = fmt::format(" ({:.2f} of {}", found->ratio.value, printable(from.baseline));
    if (const auto& interval = found->ratio.interval) {
      figures += fmt::format(", 95 % {:.2f} – {:.2f}", std::max(0.0, interval->low), interval->high);
    }
    figures += ")";
  }
  return fmt::format("Chosen: {} — {} of {} in an earlier {} of {} like these{}.\n", printable(mode),
                     choice->as_fast > 0 ? "in the first place, which others share," : "fastest",
                     counted(from.modes.size(), "mode"), from.command, counted(from.job.sources, "source"),
                     figures);
}

}  // namespace labday
