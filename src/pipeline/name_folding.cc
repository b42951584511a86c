#include "pipeline/name_folding.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/text.h"
#include "base/unique_fd.h"

namespace labday {
namespace {

constexpr int kFoldsCase = 0x4000'0000;  // FS_CASEFOLD_FL

// f_type of statfs(2); those that linux/magic.h of Debian 12 lacks, too.
constexpr std::array<std::uint32_t, 8> kFoldingKinds{
    0x4d44,      // FAT
    0x2011bab0,  // exFAT
    0x5346544e,  // NTFS, the old driver
    0x7366746e,  // NTFS3
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB2
    0x517b,      // SMB
    0x482b,      // HFS+
};

std::string parent_of(const std::string& folder) {
  const auto end = folder.find_last_not_of('/');
  if (end == std::string::npos) return folder.empty() ? "." : "/";
  const auto slash = folder.rfind('/', end);
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : folder.substr(0, slash);
}

/// The last component with the case of its letters exchanged; the same where it has none.
std::string in_other_case(const std::string& folder) {
  std::string other = folder;
  const auto slash = folder.find_last_of('/', folder.find_last_not_of('/'));
  for (std::size_t i = slash == std::string::npos ? 0 : slash + 1; i < other.size(); ++i) {
    const auto c = static_cast<unsigned char>(other[i]);
    if (c < 0x80 && std::isalpha(c) != 0) other[i] = static_cast<char>(c ^ 0x20U);
  }
  return other;
}

bool answers_in_other_case(const std::string& folder) {
  const std::string other = in_other_case(folder);
  struct stat one {};
  struct stat two {};
  return other != folder && ::stat(folder.c_str(), &one) == 0 && ::stat(other.c_str(), &two) == 0 &&
         one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/// A locale that knows all letters; none where this C library has none.
locale_t letters() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

std::string ascii_folded(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

/// The code point that valid UTF-8 begins with; takes it off.
std::uint32_t take_code_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  std::uint32_t point = length == 1 ? first : first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  text.remove_prefix(length);
  return point;
}

void append_code_point(std::string& text, std::uint32_t point) {
  const auto more = [&](int shift) { text += static_cast<char>(0x80U | (point >> shift & 0x3fU)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0U | point >> 6);
    more(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xe0U | point >> 12);
    more(6), more(0);
  } else {
    text += static_cast<char>(0xf0U | point >> 18);
    more(12), more(6), more(0);
  }
}

}  // namespace

NameFolding folding_of(const std::string& folder) {
  std::string there = folder.empty() ? "." : folder;
  UniqueFd descriptor;
  for (;;) {
    descriptor.reset(::open(there.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor || there == "/" || there == ".") break;
    there = parent_of(there);
  }
  if (!descriptor) return NameFolding::exact;
  struct statfs kind {};
  const bool known =
      ::fstatfs(descriptor.get(), &kind) == 0 &&
      std::ranges::find(kFoldingKinds, static_cast<std::uint32_t>(kind.f_type)) != kFoldingKinds.end();
  int flags = 0;
  const bool flagged = ::ioctl(descriptor.get(), FS_IOC_GETFLAGS, &flags) == 0 && (flags & kFoldsCase) != 0;
  return known || flagged || answers_in_other_case(there) ? NameFolding::cases : NameFolding::exact;
}

std::string folded_name(const std::string& name, NameFolding folding) {
  if (folding == NameFolding::exact) return name;
  const locale_t locale = letters();
  if (locale == nullptr || !is_utf8(name)) return ascii_folded(name);
  std::string folded;
  for (std::string_view rest = name; !rest.empty();) {
    append_code_point(
        folded, static_cast<std::uint32_t>(::towlower_l(static_cast<wint_t>(take_code_point(rest)), locale)));
  }
  return folded;
}

}  // namespace labday
