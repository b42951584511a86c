#include "cli/outputs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"
#include "report/run_files.h"

namespace labday {
namespace {
namespace fs = std::filesystem;

using Content = Output::Content;

/// Names of descriptors that are open already: whoever opened them knows what they are.
bool is_descriptor(const std::string& path) {
  return path == "-" || path == "/dev/stdin" || path == "/dev/stdout" || path == "/dev/stderr" ||
         path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

/// Of what could be lost: a regular file that is there.
std::optional<struct stat> file_at(const Output& output) {
  if (output.path.empty() || output.content == Content::folder || is_stream(output.path)) return std::nullopt;
  return status_of(output.path);
}

bool same(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// Where it is or would be, links followed.
fs::path place_of(const std::string& path) {
  std::error_code error;
  const fs::path place = fs::weakly_canonical(fs::absolute(path, error), error);
  return place.has_filename() ? place : place.parent_path();
}

Error refusal(const Output& output, std::string detail) {
  return {Stage::plan, ErrorCode::usage, output.path, std::move(detail)};
}

Error would_be_lost(const Output& output, std::string_view what) {
  return refusal(output,
                 fmt::format("this is {}, which would be lost: give {} another file", what, output.option));
}

Result<void> check_place(const Output& output) {
  if (output.path == "-") return {};
  const bool folder = output.content == Content::folder;
  auto outside = check_outside_runs(folder ? output.path + "/renditions" : output.path);
  if (!outside) outside.error().path = output.path;
  if (!outside || folder) return outside;  // making a folder says itself what is wrong with it
  const auto failed = [&](int error_number) {
    return fail(system_error(Stage::plan, error_number, output.path, "cannot write this file"));
  };
  if (const auto status = status_of(output.path)) {
    if (S_ISDIR(status->st_mode)) return failed(EISDIR);
    return ::access(output.path.c_str(), W_OK) == 0 ? Result<void>() : failed(errno);
  }
  const auto slash = output.path.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : output.path.substr(0, slash + 1);
  return ::access(parent.c_str(), W_OK | X_OK) == 0 ? Result<void>() : failed(errno);
}

bool are_one(const Output& one, const Output& other) {
  if (is_stream(one.path) || is_stream(other.path)) return false;
  const auto first = file_at(one);
  const auto second = file_at(other);
  if (first && second) return same(*first, *second);
  return place_of(one.path) == place_of(other.path);
}

/// Could the option have written what begins so?
bool is_own(std::string_view begin, Content content) {
  constexpr std::string_view kJpeg = "\xFF\xD8";
  constexpr std::string_view kPng = "\x89PNG";
  constexpr std::string_view kPage = "<!doctype html";
  if (content == Content::json) return begin.starts_with('{');
  if (content == Content::lines) return !begin.starts_with(kJpeg) && !begin.starts_with(kPng);
  std::string page(begin.substr(0, kPage.size()));
  for (char& c : page) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return page == kPage;
}

Result<void> check_content(const Output& output) {
  const auto file = file_at(output);
  if (!file || file->st_size == 0) return {};
  const UniqueFd fd(::open(output.path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 32> begin{};
  const ssize_t count = fd ? ::read(fd.get(), begin.data(), begin.size()) : -1;
  if (count < 0) {
    return fail(system_error(Stage::plan, errno, output.path, "it is there, and cannot be looked at"));
  }
  if (is_own({begin.data(), static_cast<std::size_t>(count)}, output.content)) return {};
  const std::string_view what = output.content == Content::json   ? "is no JSON"
                                : output.content == Content::page ? "is no page of labday"
                                                                  : "is an image";
  return fail(refusal(output, fmt::format("it is there already and {}, which would be lost: give {} another "
                                          "file, or remove this one",
                                          what, output.option)));
}

}  // namespace

bool is_stream(const std::string& path) {
  if (is_descriptor(path)) return true;
  const auto status = status_of(path);
  return status && !S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode);
}

Result<void> check_outputs(const std::vector<Output>& outputs, const std::vector<Input>& inputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Output& output = outputs[i];
    if (output.path.empty()) continue;
    if (auto place = check_place(output); !place) return place;
    const auto file = file_at(output);
    for (const Input& input : inputs) {
      const auto read = status_of(input.path);
      if (file && read && same(*file, *read)) return fail(would_be_lost(output, input.what));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (outputs[j].path.empty() || !are_one(outputs[j], output)) continue;
      return fail(
          refusal(output, fmt::format("{} and {} would both write there: give each a place of its own",
                                      outputs[j].option, output.option)));
    }
    if (auto content = check_content(output); !content) return content;
  }
  return {};
}

RenditionsKept::RenditionsKept(const std::vector<Output>& outputs) {
  fs::path folder;
  for (const Output& output : outputs) {
    if (output.content == Content::folder) folder = place_of(output.path);
  }
  for (const Output& output : outputs) {
    if (output.path.empty() || output.content == Content::folder || is_stream(output.path)) continue;
    below_.push_back({place_of(output.path).lexically_relative(folder).string(), output});
  }
}

void RenditionsKept::visit(const std::string& rendition_name) {
  for (const Below& below : below_) {
    if (below.name != rendition_name || !result_) continue;
    result_ = fail(would_be_lost(below.output, "the place of a rendition"));
  }
}

Result<void> check_sources_kept(const std::vector<Output>& outputs, const FoundSources& found) {
  for (const Output& output : outputs) {
    const auto file = file_at(output);
    if (!file) continue;
    for (const std::string& list : found.lists) {
      const auto read = status_of(list);
      if (read && same(*file, *read)) return fail(would_be_lost(output, "a list of the sources"));
    }
    for (const Source& source : found.sources) {
      // What is known of a million sources tells almost all of them apart.
      if (source.file_bytes != static_cast<std::uint64_t>(file->st_size)) continue;
      const auto read = status_of(source.path);
      if (read && same(*file, *read)) {
        return fail(would_be_lost(output, fmt::format("the source {}", printable(source.path))));
      }
    }
  }
  return {};
}

}  // namespace labday
