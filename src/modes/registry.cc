#include "modes/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "modes/mode_list.h"

namespace labday {
namespace {

constexpr int kMaxWorkers = 10'000;

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
    if (std::none_of(parameters.begin(), parameters.end(),
                     [&](const ModeParameter& p) { return p.name == key; })) {
      return usage(fmt::format("'{}' is no parameter of '{}': {}", key, name, known_parameters(*spec.info)));
    }
    if (!spec.values.emplace(key, piece.substr(equals + 1)).second) {
      return usage(fmt::format("'{}' is there twice in '{}'", key, text));
    }
    if (piece.size() == rest.size()) break;
    rest.remove_prefix(piece.size() + 1);
  }
  if (const auto workers = spec.workers(1); !workers) return fail(workers.error());
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

Result<int> ModeSpec::workers(int fallback) const {
  const auto value = values.find("workers");
  if (value == values.end()) return fallback;
  int workers = 0;
  const char* const end = value->second.data() + value->second.size();
  const auto [stop, error] = std::from_chars(value->second.data(), end, workers);
  if (error != std::errc() || stop != end || workers < 1 || workers > kMaxWorkers) {
    return usage(
        fmt::format("workers={} in '{}' is no number from 1 to {}", value->second, text, kMaxWorkers));
  }
  return workers;
}

Result<std::unique_ptr<Mode>> make_mode(const ModeSpec& spec, const Job& job, Io& io, int workers) {
  const auto own = spec.workers(workers);
  if (!own) return fail(own.error());
  if (const std::string why = spec.info->unavailable(); !why.empty()) {
    return usage(fmt::format("'{}' cannot run here: {}", spec.text, why));
  }
  return spec.info->make(ModeSetup{job, io, *own, spec.values});
}

}  // namespace labday
