// Real images to test against, where they are: the folder in $LABDAY_CORPUS, else ../shared/corpus beside the
// project. They are no part of it; a test that wants them is skipped, visibly, where they are absent.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "base/bytes.h"

namespace labday::testing {

/// The folder `name` of the corpus; empty where there is none.
[[nodiscard]] std::filesystem::path corpus(const std::string& name);

/// Its regular files, sorted.
[[nodiscard]] std::vector<std::filesystem::path> corpus_files(const std::string& name);

[[nodiscard]] Bytes read_file(const std::filesystem::path& path);

}  // namespace labday::testing

/// Skips the test where the corpus folder is missing.
#define LABDAY_NEEDS_CORPUS(name)            \
  if (labday::testing::corpus(name).empty()) \
  GTEST_SKIP() << "no corpus folder '" << (name) << "': set LABDAY_CORPUS"
