#include "support/corpus.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace labday::testing {
namespace fs = std::filesystem;

fs::path corpus(const std::string& name) {
  const char* set = std::getenv("LABDAY_CORPUS");
  const fs::path root = set != nullptr ? fs::path(set) : fs::path(LABDAY_SOURCE_DIR) / "../shared/corpus";
  std::error_code ignored;
  const fs::path folder = root / name;
  return fs::is_directory(folder, ignored) ? folder : fs::path();
}

std::vector<fs::path> corpus_files(const std::string& name) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(corpus(name))) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Bytes read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  Bytes bytes(fs::file_size(path));
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  EXPECT_TRUE(file.good()) << path;
  return bytes;
}

}  // namespace labday::testing
