#include "pipeline/manifest_parts.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "pipeline/plan.h"
#include "pipeline/spill_file.h"

namespace labday {
namespace {

void look_at(Source& source) {
  struct stat status {};
  if (::stat(source.path.c_str(), &status) != 0) return;
  source.file_bytes = static_cast<std::uint64_t>(status.st_size);
  source.mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

/// Where `wanted` stands in `renditions`, to which it is added if it does not; none where there is no room.
std::optional<std::uint16_t> place_of(const std::vector<Rendition>& wanted,
                                      std::vector<Rendition>& renditions) {
  const auto found = std::search(renditions.begin(), renditions.end(), wanted.begin(), wanted.end());
  const auto place = static_cast<std::uint16_t>(found - renditions.begin());
  if (found != renditions.end()) return place;
  if (renditions.size() + wanted.size() > kMaxRenditions) return std::nullopt;
  renditions.insert(renditions.end(), wanted.begin(), wanted.end());
  return place;
}

}  // namespace

Result<void> ManifestParts::add_names(const ManifestItem& item, bool refuse_existing,
                                      FunctionRef<void(const std::string& name)> on_target,
                                      ExternalSort<NameAt>& names) const {
  const bool ours = shard_.has(item.source.path);
  for (const Rendition& rendition : renditions_of(item)) {
    if (rendition.width != 0 && prototype_.name.uses_percent()) {
      return fail(
          Stage::plan, ErrorCode::usage, item.source.path,
          fmt::format("item {} of the manifest has a width, and --name has {{percent}}", item.number));
    }
    auto name = planned_name(prototype_, item.source, rendition);
    if (!name) {
      if (name.error().code == ErrorCode::usage) return fail(std::move(name.error()));
      continue;  // its task will say so
    }
    if (auto added = names.add({hash128(folded_name(*name, folding_)), item.number}); !added) return added;
    if (!ours) continue;
    on_target(*name);
    struct stat status {};
    std::string path = prototype_.output_folder + "/" + *name;
    if (refuse_existing && ::lstat(path.c_str(), &status) == 0) {
      return fail(Stage::plan, ErrorCode::exists, std::move(path), "it is there already");
    }
  }
  return {};
}

Result<ManifestSize> ManifestParts::check(bool refuse_existing,
                                          FunctionRef<void(const std::string& name)> on_target,
                                          std::size_t memory) {
  ManifestSize size;
  ExternalSort<NameAt> names(spill_folder(), memory);
  reader_.rewind();
  for (;;) {
    auto item = reader_.next();
    if (!item) return fail(std::move(item.error()));
    if (!*item) break;
    if (auto added = add_names(**item, refuse_existing, on_target, names); !added) {
      return fail(std::move(added.error()));
    }
    if (!shard_.has((*item)->source.path)) continue;
    ++size.sources;
    size.renditions += renditions_of(**item).size();
  }
  std::optional<NameAt> before;
  std::optional<std::pair<NameAt, NameAt>> colliding;
  auto compared = names.for_each([&](const NameAt& name) -> Result<void> {
    if (before && before->name == name.name && !colliding) colliding.emplace(*before, name);
    before = name;
    return {};
  });
  if (!compared) return fail(std::move(compared.error()));
  reader_.rewind();
  if (colliding) return fail(collision(colliding->first.item, colliding->second.item, colliding->first.name));
  return size;
}

Error ManifestParts::collision(std::uint64_t first, std::uint64_t second, Hash128 name) {
  Error error{Stage::plan, ErrorCode::collision, {}, {}};
  std::string sources;
  for (auto item = reader_.next(); item && *item; item = reader_.next()) {
    if ((*item)->number != first && (*item)->number != second) continue;
    if (!sources.empty()) sources += " and ";
    sources += fmt::format("{} (item {})", printable((*item)->source.path), (*item)->number);
    for (const Rendition& rendition : renditions_of(**item)) {
      const auto planned = planned_name(prototype_, (*item)->source, rendition);
      if (planned && hash128(folded_name(*planned, folding_)) == name) error.path = *planned;
    }
  }
  error.detail = "two renditions would be written to it: of " + sources;
  if (folding_ == NameFolding::cases) error.detail += "; the file system there folds case";
  return error;
}

Result<std::optional<ManifestPart>> ManifestParts::next() {
  ManifestPart part;
  part.job = prototype_;
  part.job.renditions.clear();
  while (part.job.sources.size() < most_) {
    std::optional<ManifestItem> item = std::exchange(left_over_, std::nullopt);
    if (!item) {
      auto read = reader_.next();
      if (!read) return fail(std::move(read.error()));
      if (!*read) break;
      item = std::move(*read);
    }
    if (!shard_.has(item->source.path)) continue;
    const std::vector<Rendition>& wanted = renditions_of(*item);
    const auto first = place_of(wanted, part.job.renditions);
    if (!first) {
      left_over_ = std::move(item);
      break;
    }
    part.slices.push_back({static_cast<std::uint32_t>(part.job.sources.size()), *first,
                           static_cast<std::uint16_t>(*first + wanted.size())});
    part.owned.push_back(item->renditions.empty() ? 0 : 1);
    look_at(item->source);
    part.job.sources.push_back(std::move(item->source));
  }
  if (part.slices.empty()) return std::nullopt;
  return part;
}

}  // namespace labday
