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

/// `.labday…`, in any case: a file system may fold it.
bool is_reserved(std::string_view component) {
  constexpr std::string_view kOurs = ".labday";
  const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); };
  return component.size() >= kOurs.size() &&
         std::equal(kOurs.begin(), kOurs.end(), component.begin(),
                    [&](char ours, char theirs) { return same(theirs, ours); });
}

/// Would this path, relative to the output folder, stay inside it and be taken by a file system?
std::string_view objection(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return "holds a NUL";
  while (true) {
    const auto slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if (component.empty()) return "has an empty component";
    if (component == "." || component == "..") return "would leave or walk the output folder";
    if (is_reserved(component)) return "uses a name that labday keeps for itself";
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

std::string NameTemplate::text_of(const Part& part, const Source& source, const Rendition& rendition,
                                  Size size) {
  switch (part.field) {
    case Field::literal:
      return part.literal;
    case Field::dir:
      return std::string(source.dir());
    case Field::stem:
      return std::string(stem_of(source.file_name()));
    case Field::source:
      return std::string(source.file_name());
    case Field::percent:
      return rendition.scale.text(part.decimals);
    case Field::width:
      return std::to_string(rendition.width != 0 ? rendition.width : size.width);
    case Field::height:
      return std::to_string(size.height);
    case Field::format:
      return std::string(kFormat);
  }
  return {};
}

/// A literal part, without its first slash where an empty {dir} stands before it.
std::string_view NameTemplate::literal_after(std::size_t part, const Source& source) const {
  std::string_view text = parts_[part].literal;
  const bool drop_slash = part > 0 && parts_[part - 1].field == Field::dir && source.dir().empty();
  if (drop_slash && text.starts_with('/')) text.remove_prefix(1);
  return text;
}

Result<std::string> NameTemplate::expand(const Source& source, const Rendition& rendition, Size size) const {
  std::string path;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].field == Field::literal) {
      path += literal_after(i, source);
    } else {
      path += text_of(parts_[i], source, rendition, size);
    }
  }
  if (const auto why = objection(path); !why.empty()) {
    return fail(Stage::plan, ErrorCode::usage, source.path,
                fmt::format("its rendition would be called '{}', which {}", printable(path), why));
  }
  return path;
}

bool NameTemplate::may_make(std::string_view name, const Source& source, const Rendition& rendition) const {
  return objection(name).empty() && rest_matches(0, name, source, rendition);
}

bool NameTemplate::rest_matches(std::size_t first, std::string_view rest, const Source& source,
                                const Rendition& rendition) const {
  for (std::size_t i = first; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    const bool is_of_size =
        part.field == Field::height || (part.field == Field::width && rendition.width == 0);
    if (is_of_size) {
      // Any number of a side's digits; two of them side by side may share theirs out in several ways.
      constexpr std::size_t kMostDigits = 10;
      for (std::size_t n = 1; n <= std::min(rest.size(), kMostDigits); ++n) {
        if (rest[n - 1] < (n == 1 ? '1' : '0') || rest[n - 1] > '9') return false;
        if (rest_matches(i + 1, rest.substr(n), source, rendition)) return true;
      }
      return false;
    }
    const std::string text = part.field == Field::literal ? std::string(literal_after(i, source))
                                                          : text_of(part, source, rendition, {});
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
  }
  return rest.empty();
}

}  // namespace labday
