#include "pipeline/name_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "pipeline/job.h"

namespace labday {
namespace {

constexpr std::string_view kDefault = "{dir}/{stem}-{percent}.{ext}";
constexpr std::string_view kDefaultForWidths = "{dir}/{stem}-{width}.{ext}";
constexpr std::string_view kFormat = "png";  // the one format there is
constexpr int kMaxDecimals = 9;
constexpr std::size_t kMaxComponentBytes = 255;  // NAME_MAX

tl::unexpected<Error> wrong(std::string_view what, std::string_view text, std::string_view why) {
  return fail(Stage::plan, ErrorCode::usage, {}, fmt::format("the {} '{}' {}", what, printable(text), why));
}

std::string_view stem_of(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? file_name : file_name.substr(0, dot);
}

/// Would this path, relative to the output folder, stay inside it and be taken by a file system?
std::string_view objection(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return "holds a NUL";
  while (true) {
    const auto slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if (component.empty()) return "has an empty component";
    if (component == "." || component == "..") return "would leave or walk the output folder";
    if (component.starts_with(".labday")) return "uses a name that labday keeps for itself";
    if (component.size() > kMaxComponentBytes) return "has a component of more than 255 bytes";
    if (slash == std::string_view::npos) return {};
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

NameTemplate::NameTemplate() : NameTemplate(*parse(kDefault)) {}

NameTemplate NameTemplate::for_widths() { return *parse(kDefaultForWidths); }

Result<NameTemplate> NameTemplate::parse(std::string_view text) {
  NameTemplate result{{}, {}};
  result.text_ = text;
  const auto literal = [&](char c) {
    if (result.parts_.empty() || result.parts_.back().field != Field::literal) result.parts_.emplace_back();
    result.parts_.back().literal += c;
  };
  bool any_field = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      literal(c);
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == c) {
      literal(c);
      ++i;
      continue;
    }
    const auto end = text.find('}', i);
    if (c == '}' || end == std::string_view::npos)
      return wrong("name", text, "has a brace without its partner");
    const auto part = parse_field(text.substr(i + 1, end - i - 1));
    if (!part) {
      return wrong("name", text,
                   "has an unknown field; there are {dir} {stem} {source} {percent} {percent:.1f} {width} "
                   "{height} {format} {ext}");
    }
    result.parts_.push_back(*part);
    any_field = true;
    i = end;
  }
  if (!any_field) return wrong("name", text, "has no field, so that all files would have one name");
  if (text.starts_with('/'))
    return wrong("name", text, "is an absolute path; it is taken below the output folder");
  return result;
}

std::optional<NameTemplate::Part> NameTemplate::parse_field(std::string_view field) {
  static constexpr std::pair<std::string_view, Field> kFields[] = {
      {"dir", Field::dir},         {"stem", Field::stem},   {"source", Field::source},
      {"percent", Field::percent}, {"width", Field::width}, {"height", Field::height},
      {"format", Field::format},   {"ext", Field::format}};
  const auto colon = field.find(':');
  for (const auto& [name, kind] : kFields) {
    if (field.substr(0, colon) != name) continue;
    Part part{kind, {}, -1};
    if (colon == std::string_view::npos) return part;
    std::string_view format = field.substr(colon + 1);  // .Nf
    if (kind != Field::percent || format.size() < 3 || format.front() != '.' || format.back() != 'f')
      return {};
    format = format.substr(1, format.size() - 2);
    const auto [end, error] = std::from_chars(format.data(), format.data() + format.size(), part.decimals);
    const bool whole = error == std::errc() && end == format.data() + format.size();
    return whole && part.decimals >= 0 && part.decimals <= kMaxDecimals ? std::optional(part) : std::nullopt;
  }
  return {};
}

bool NameTemplate::uses_percent() const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return part.field == Field::percent; });
}

bool NameTemplate::needs_size(const Rendition& rendition) const {
  for (const Part& part : parts_) {
    if (part.field == Field::height) return true;
    if (rendition.width == 0 && part.field == Field::width) return true;
  }
  return false;
}

Result<std::string> NameTemplate::expand(const Source& source, const Rendition& rendition, Size size) const {
  std::string path;
  bool drop_slash = false;
  for (const Part& part : parts_) {
    switch (part.field) {
      case Field::literal: {
        std::string_view text = part.literal;
        if (drop_slash && text.starts_with('/')) text.remove_prefix(1);
        path += text;
        break;
      }
      case Field::dir:
        path += source.dir();
        break;
      case Field::stem:
        path += stem_of(source.file_name());
        break;
      case Field::source:
        path += source.file_name();
        break;
      case Field::percent:
        path += rendition.scale.text(part.decimals);
        break;
      case Field::width:
        path += std::to_string(rendition.width != 0 ? rendition.width : size.width);
        break;
      case Field::height:
        path += std::to_string(size.height);
        break;
      case Field::format:
        path += kFormat;
        break;
    }
    drop_slash = part.field == Field::dir && source.dir().empty();
  }
  if (const auto why = objection(path); !why.empty()) {
    return fail(Stage::plan, ErrorCode::usage, source.path,
                fmt::format("its rendition would be called '{}', which {}", printable(path), why));
  }
  return path;
}

}  // namespace labday
