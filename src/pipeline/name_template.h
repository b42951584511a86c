// How the files of renditions are named: `{dir}/{stem}-{percent}.{ext}` and the like.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace labday {

struct Source;
struct Rendition;

/// A parsed template. Fields: {dir} {stem} {source} {percent} {percent:.Nf} {width} {height} {format} {ext};
/// `{{` and `}}` stand for braces. {dir} vanishes together with the slash behind it when it is empty.
class NameTemplate {
 public:
  /// `{dir}/{stem}-{percent}.{ext}`, the default for scales
  NameTemplate();

  /// `{dir}/{stem}-{width}.{ext}`, the default for widths
  [[nodiscard]] static NameTemplate for_widths();

  /// usage error for unknown fields, stray braces, an absolute path, or a text without any field.
  [[nodiscard]] static Result<NameTemplate> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

  /// {percent} is known of scales only.
  [[nodiscard]] bool uses_percent() const;

  /// Does a name depend on the pixels of the source ({height}, or {width} of a scale), so that the header has
  /// to be read first?
  [[nodiscard]] bool needs_size(const Rendition& rendition) const;

  /// The path below the output folder. `size` is the rendition's; it is looked at only if needs_size(). usage
  /// error where the result would be no path inside the folder: empty, absolute, `.` or `..` or an empty
  /// component, a NUL, a component over 255 bytes, or one that begins with `.labday`.
  [[nodiscard]] Result<std::string> expand(const Source& source, const Rendition& rendition, Size size) const;

  /// Could expand() have made `name`, for some size? Asked of a worker that knows the size, and is not
  /// trusted.
  [[nodiscard]] bool may_make(std::string_view name, const Source& source, const Rendition& rendition) const;

  bool operator==(const NameTemplate& other) const { return text_ == other.text_; }

 private:
  enum class Field : std::uint8_t { literal, dir, stem, source, percent, width, height, format };
  struct Part {
    Field field = Field::literal;
    std::string literal;
    int decimals = -1;  // of {percent:.Nf}
  };

  NameTemplate(std::string text, std::vector<Part> parts)
      : text_(std::move(text)), parts_(std::move(parts)) {}
  [[nodiscard]] static std::optional<Part> parse_field(std::string_view field);
  [[nodiscard]] static std::string text_of(const Part& part, const Source& source, const Rendition& rendition,
                                           Size size);
  [[nodiscard]] bool rest_matches(std::size_t first, std::string_view rest, const Source& source,
                                  const Rendition& rendition) const;
  [[nodiscard]] std::string_view literal_after(std::size_t part, const Source& source) const;

  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace labday
