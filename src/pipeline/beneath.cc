#include "pipeline/beneath.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace labday {
namespace {

constexpr int kFolder = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

FileCall call_in(FileCall::Kind kind, int folder, const std::string& path, int flags = 0) {
  FileCall call;
  call.kind = kind;
  call.descriptor = folder;
  call.path = path.c_str();
  call.flags = flags;
  return call;
}

std::string shown(const std::string& root_path, const std::string& name) {
  return root_path + (root_path.ends_with('/') ? "" : "/") + name;
}

/// Why a component could not be opened as a folder.
Error refusal(FileAnswer answer, bool is_link, const std::string& folder, std::string path) {
  if (is_link) {
    return {Stage::write, ErrorCode::linked_folder, std::move(path),
            fmt::format("its folder {} is a link, and nothing is written through one", folder)};
  }
  if (answer == -ENOTDIR) {
    return {Stage::write, ErrorCode::not_a_file, std::move(path),
            fmt::format("{} is in the way of its folder", folder)};
  }
  return system_error(Stage::write, static_cast<int>(-answer), std::move(path), "cannot open its folder");
}

}  // namespace

FileSteps<Result<UniqueFd>> open_parent_steps(int root, const std::string& root_path, const std::string& name,
                                              Missing missing, std::vector<std::string>& made) {
  UniqueFd folder;
  std::size_t begin = 0;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', begin)) {
    const std::string component = name.substr(begin, slash - begin);
    begin = slash + 1;
    if (component.empty()) continue;
    const int parent = folder ? folder.get() : root;
    const FileCall open = call_in(FileCall::Kind::open, parent, component, kFolder);
    FileAnswer opened = co_await open;
    if (opened == -ENOENT && missing == Missing::make) {
      const FileCall make = call_in(FileCall::Kind::make_folder, parent, component);
      const FileAnswer answer = co_await make;
      if (answer == 0) made.push_back(name.substr(0, slash));
      if (answer < 0 && answer != -EEXIST) {
        co_return fail(system_error(Stage::write, static_cast<int>(-answer), shown(root_path, name),
                                    "cannot make its folder"));
      }
      opened = co_await open;
    }
    if (opened < 0) {
      struct statx status {};
      FileCall look = call_in(FileCall::Kind::status, parent, component, AT_SYMLINK_NOFOLLOW);
      look.status = &status;
      bool is_link = false;
      if (opened == -ENOTDIR || opened == -ELOOP) is_link = co_await look == 0 && S_ISLNK(status.stx_mode);
      co_return fail(
          refusal(opened, is_link, shown(root_path, name.substr(0, slash)), shown(root_path, name)));
    }
    folder = UniqueFd(static_cast<int>(opened));
  }
  co_return std::move(folder);
}

Result<UniqueFd> open_beneath(const std::string& output_folder, std::string_view below) {
  UniqueFd root(::open(output_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return fail(system_error(Stage::plan, errno, output_folder, "cannot open the output folder"));
  if (below.empty()) return root;
  std::vector<std::string> none;
  const std::string name = std::string(below) + "/";
  return run_blocking(open_parent_steps(root.get(), output_folder, name, Missing::refuse, none));
}

FileSteps<bool> remove_folders_steps(int root, const std::vector<std::string>& made) {
  const std::string nowhere;
  for (auto folder = made.rbegin(); folder != made.rend(); ++folder) {
    std::vector<std::string> none;
    auto opening = open_parent_steps(root, nowhere, *folder, Missing::refuse, none);
    while (const FileCall* call = opening.wanted()) {
      const FileCall step = *call;
      opening.answer(co_await step);
    }
    const Result<UniqueFd> parent = opening.take();
    if (!parent) co_return false;
    const std::string name = last_component(*folder);
    const FileCall remove =
        call_in(FileCall::Kind::remove, *parent ? parent->get() : root, name, AT_REMOVEDIR);
    if (co_await remove < 0) co_return false;
  }
  co_return true;
}

}  // namespace labday
