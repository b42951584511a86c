#include "report/modes_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "modes/registry.h"

namespace labday {

std::string modes_text() {
  std::string text;
  for (const ModeInfo* info : all_modes()) {
    text += fmt::format("{}\n    {}\n", info->name, info->summary);
    for (const ModeParameter& p : info->parameters) {
      text += fmt::format("    {}={}  {}\n", p.name, p.fallback, p.help);
    }
    if (info->has_sandbox) text += "    each worker in a sandbox, unless --sandbox off\n";
    if (const std::string why = info->unavailable(); !why.empty())
      text += fmt::format("    cannot run here: {}\n", why);
  }
  text += "\nAsk for one as NAME or NAME:key=value,key=value, for instance threads:workers=4.\n";
  return text;
}

std::string modes_json() {
  nlohmann::ordered_json modes = nlohmann::ordered_json::array();
  for (const ModeInfo* info : all_modes()) {
    nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
    for (const ModeParameter& p : info->parameters) {
      parameters.push_back({{"name", p.name}, {"default", p.fallback}, {"help", p.help}});
    }
    const std::string why = info->unavailable();
    modes.push_back({{"name", info->name},
                     {"summary", info->summary},
                     {"parameters", parameters},
                     {"sandbox", info->has_sandbox},
                     {"available", why.empty()},
                     {"unavailable_because", why}});
  }
  return nlohmann::ordered_json{{"schema", "labday.modes/1"}, {"modes", modes}}.dump(2) + "\n";
}

}  // namespace labday
