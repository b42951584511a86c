#include "modes/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "modes/mode_list.h"

namespace labday {
namespace {

#define LABDAY_MODE_ADDRESS(name) &modes::name,
constexpr std::array kModes{LABDAY_MODES(LABDAY_MODE_ADDRESS)};
#undef LABDAY_MODE_ADDRESS

tl::unexpected<Error> usage(std::string detail) {
  return fail(Stage::plan, ErrorCode::usage, {}, std::move(detail));
}

std::string known_modes() {
  std::string names;
  for (const ModeInfo* info : kModes) names += fmt::format("{}{}", names.empty() ? "" : ", ", info->name);
  return names;
}

std::string known_parameters(const ModeInfo& info) {
  if (info.parameters.empty()) return fmt::format("{} has no parameters", info.name);
  std::string names;
  for (const ModeParameter& p : info.parameters)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", p.name);
  return fmt::format("{} has {}", info.name, names);
}

/// Can it have more than one?
bool has_workers(const ModeInfo& info) {
  return std::any_of(info.parameters.begin(), info.parameters.end(),
                     [](const ModeParameter& parameter) { return parameter.name == "workers"; });
}

/// The number that `text` is, if it is a whole one from 1 to `most`.
std::optional<int> whole_number(const std::string& text, int most) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < 1 || number > most) return std::nullopt;
  return number;
}

Result<void> check_value(const ModeParameter& parameter, const std::string& value, std::string_view spec) {
  if (parameter.most > 0 && !whole_number(value, parameter.most)) {
    return usage(
        fmt::format("{}={} in '{}' is no number from 1 to {}", parameter.name, value, spec, parameter.most));
  }
  const auto& words = parameter.words;
  if (!words.empty() && std::find(words.begin(), words.end(), value) == words.end()) {
    return usage(
        fmt::format("{}={} in '{}' is none of {}", parameter.name, value, spec, fmt::join(words, ", ")));
  }
  return {};
}

}  // namespace

std::span<const ModeInfo* const> all_modes() { return kModes; }

Result<ModeSpec> ModeSpec::parse(std::string_view text) {
  ModeSpec spec;
  spec.text = text;
  const auto colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto found =
      std::find_if(kModes.begin(), kModes.end(), [&](const ModeInfo* m) { return m->name == name; });
  if (found == kModes.end()) {
    return usage(fmt::format("there is no mode '{}'; there are {}", name, known_modes()));
  }
  spec.info = *found;
  if (colon == std::string_view::npos) return spec;

  std::string_view rest = text.substr(colon + 1);
  while (true) {
    const std::string_view piece = rest.substr(0, rest.find(','));
    const auto equals = piece.find('=');
    const std::string_view key = piece.substr(0, equals);
    if (equals == std::string_view::npos || equals + 1 == piece.size() || key.empty()) {
      return usage(fmt::format("'{}' in '{}' is no parameter: write key=value", piece, text));
    }
    const auto& parameters = spec.info->parameters;
    const auto parameter = std::find_if(parameters.begin(), parameters.end(),
                                        [&](const ModeParameter& p) { return p.name == key; });
    if (parameter == parameters.end()) {
      return usage(fmt::format("'{}' is no parameter of '{}': {}", key, name, known_parameters(*spec.info)));
    }
    const auto [value, fresh] = spec.values.emplace(key, piece.substr(equals + 1));
    if (!fresh) return usage(fmt::format("'{}' is there twice in '{}'", key, text));
    if (auto checked = check_value(*parameter, value->second, text); !checked) return fail(checked.error());
    if (piece.size() == rest.size()) break;
    rest.remove_prefix(piece.size() + 1);
  }
  return spec;
}

Result<std::vector<ModeSpec>> ModeSpec::parse_list(std::string_view text) {
  std::vector<std::string> texts;
  while (true) {
    const std::string_view piece = text.substr(0, text.find(','));
    const auto equals = piece.find('=');
    const bool parameter =
        equals != std::string_view::npos && piece.substr(0, equals).find(':') == std::string_view::npos;
    if (parameter && !texts.empty()) {
      texts.back() += fmt::format(",{}", piece);
    } else {
      texts.emplace_back(piece);
    }
    if (piece.size() == text.size()) break;
    text.remove_prefix(piece.size() + 1);
  }
  std::vector<ModeSpec> specs;
  for (const std::string& one : texts) {
    auto spec = parse(one);
    if (!spec) return fail(std::move(spec.error()));
    if (std::any_of(specs.begin(), specs.end(), [&](const ModeSpec& s) { return s.text == one; })) {
      return usage(fmt::format("'{}' is in the list of modes twice", one));
    }
    specs.push_back(std::move(*spec));
  }
  return specs;
}

bool ModeSpec::takes_workers() const { return !values.contains("workers") && has_workers(*info); }

Result<int> ModeSpec::workers(int fallback) const {
  const auto value = values.find("workers");
  if (value == values.end()) return has_workers(*info) ? fallback : 1;
  const auto workers = whole_number(value->second, kMaxWorkers);
  if (!workers) return usage(fmt::format("workers={} in '{}' is no number", value->second, text));
  return *workers;
}

Result<Scheduling> scheduling_of(const ModeSpec& spec, int workers) {
  const auto own = spec.workers(workers);
  if (!own) return fail(own.error());
  return spec.info->scheduling(ModeValues{*own, spec.values});
}

Result<void> check_sandbox(const ModeSpec& spec, Sandbox wanted) {
  if (wanted != Sandbox::required || spec.info->has_sandbox) return {};
  return usage(fmt::format(
      "{} mode works in labday's own process, which cannot be put in a sandbox: use --sandbox require "
      "with a mode of processes, such as multiprocessing-pool",
      spec.info->name));
}

Result<std::unique_ptr<Mode>> make_mode(const ModeSpec& spec, const Job& job, Io& io, int workers) {
  const auto own = spec.workers(workers);
  if (!own) return fail(own.error());
  if (const std::string why = spec.info->unavailable(); !why.empty()) {
    return usage(fmt::format("'{}' cannot run here: {}", spec.text, why));
  }
  if (auto able = check_sandbox(spec, job.sandbox); !able) return fail(std::move(able.error()));
  return spec.info->make(ModeSetup{{*own, spec.values}, job, io});
}

}  // namespace labday
