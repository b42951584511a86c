#include "pipeline/run_task.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "pipeline/job.h"
#include "support/pictures.h"

namespace labday {
namespace {

/// Files in memory, and faults where a test wants them.
class MemoryIo final : public Io {
 public:
  Result<Bytes> read(const std::string& path, std::int64_t) override {
    ++reads;
    const auto found = sources.find(path);
    if (found == sources.end()) return fail(Stage::read, ErrorCode::not_found, path, "it is not there");
    return Bytes(found->second.begin(), found->second.end());
  }
  bool exists(const std::string& name) override { return files.contains(name); }
  Result<std::unique_ptr<OutputFile>> create(const std::string& name, const Origin&) override;

  std::map<std::string, std::string> sources;
  std::map<std::string, std::string> files;
  std::set<std::string> full;  // writing these fails with no_space
  std::function<void(const std::string&)> on_publish = [](const std::string&) {};
  int reads = 0;
  int open_files = 0;
};

class MemoryFile final : public OutputFile {
 public:
  MemoryFile(MemoryIo& io, std::string name) : io_(io), name_(std::move(name)) { ++io_.open_files; }
  ~MemoryFile() override { --io_.open_files; }
  Result<void> write(ByteView data) override {
    if (io_.full.contains(name_)) return fail(Stage::write, ErrorCode::no_space, name_, "cannot write");
    content_.append(data.begin(), data.end());
    return {};
  }
  Result<void> publish(bool replace) override {
    if (!replace && io_.exists(name_))
      return fail(Stage::write, ErrorCode::exists, name_, "it is there already");
    io_.files[name_] = content_;
    io_.on_publish(name_);
    return {};
  }

 private:
  MemoryIo& io_;
  std::string name_;
  std::string content_;
};

Result<std::unique_ptr<OutputFile>> MemoryIo::create(const std::string& name, const Origin&) {
  return std::make_unique<MemoryFile>(*this, name);
}

class RunTask : public ::testing::Test {
 protected:
  RunTask() {
    Source source;
    source.path = "p/a.png";
    job_.sources.push_back(source);
    for (const char* percent : {"50", "100", "200"}) {
      Rendition rendition;
      rendition.scale = *Percent::parse(percent);
      rendition.level = PngLevel::fast;
      job_.renditions.push_back(rendition);
    }
    io_.sources["p/a.png"] = testing::png_bytes({40, 30}, PixelFormat::rgb, 1);
  }

  TaskResult run() { return run_task(job_, {0, 0, 3}, io_, for_each_, cancel_); }

  Job job_;
  MemoryIo io_;
  InlineForEach for_each_;
  CancelToken cancel_;
};

TEST_F(RunTask, MakesEveryRenditionFromOneDecode) {
  const TaskResult result = run();
  EXPECT_EQ(result.done, 3U);
  EXPECT_EQ(result.pixels, 20U * 15 + 40 * 30 + 80 * 60);
  EXPECT_EQ(result.bytes_read, io_.sources["p/a.png"].size());
  EXPECT_EQ(io_.reads, 1);
  EXPECT_EQ(io_.files.size(), 3U);
  std::uint64_t bytes = 0;
  for (const auto& [name, content] : io_.files) bytes += content.size();
  EXPECT_EQ(result.bytes_written, bytes);
}

TEST_F(RunTask, MakesTheSliceThatTheTaskIs) {
  EXPECT_EQ(run_task(job_, {0, 1, 2}, io_, for_each_, cancel_).done, 1U);
  EXPECT_TRUE(io_.files.contains("a-100.png"));
  EXPECT_EQ(io_.files.size(), 1U);
}

TEST_F(RunTask, RendersPixelsThatTheModeHasAlreadyAndReadsNothing) {
  TaskResult loading;
  MemoryPass pass;
  const auto decoded = load_source(job_, job_.sources[0], io_, loading, nullptr, {}, pass);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(loading.bytes_read, io_.sources["p/a.png"].size());
  run();
  const auto expected = std::exchange(io_.files, {});
  io_.reads = 0;
  int loads = 0;
  const TaskResult result =
      run_task(job_, {0, 0, 3}, io_, for_each_, cancel_, [&](TaskResult&) -> Result<SourceView> {
        ++loads;
        return SourceView(*decoded);
      });
  EXPECT_EQ(result.done, 3U);
  EXPECT_EQ(result.bytes_read, 0U);
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(io_.reads, 0);
  EXPECT_TRUE(io_.files == expected);
}

TEST_F(RunTask, ASourceThatCannotBeReadOrDecodedFailsAllItsRenditionsWithOneError) {
  io_.sources["p/a.png"] = "bad";
  TaskResult result = run();
  EXPECT_EQ(result.failed, 3U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].stage, Stage::decode);
  EXPECT_EQ(result.errors[0].path, "p/a.png");
  io_.sources.clear();
  result = run();
  EXPECT_EQ(result.failed, 3U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].stage, Stage::read);
}

TEST_F(RunTask, ARenditionThatCannotBeWrittenLeavesTheOthersAlone) {
  io_.full.insert("a-100.png");
  const TaskResult result = run();
  EXPECT_EQ(result.done, 2U);
  EXPECT_EQ(result.failed, 1U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].path, "a-100.png");
  EXPECT_EQ(result.errors[0].code, ErrorCode::no_space);
  EXPECT_FALSE(io_.files.contains("a-100.png"));
  EXPECT_EQ(io_.open_files, 0);
}

TEST_F(RunTask, ARenditionAboveTheLimitIsRefusedAndTheOthersAreMade) {
  job_.limits.rendition_pixels = 2000;
  const TaskResult result = run();
  EXPECT_EQ(result.done, 2U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].code, ErrorCode::over_limit);
}

TEST_F(RunTask, SkipsWhatIsThereAndReadsNothingWhereAllIs) {
  job_.on_exists = OnExists::skip;
  io_.files["a-100.png"] = "old";
  TaskResult result = run();
  EXPECT_EQ(result.done, 2U);
  EXPECT_EQ(result.skipped, 1U);
  EXPECT_EQ(io_.files["a-100.png"], "old");
  result = run();
  EXPECT_EQ(result.skipped, 3U);
  EXPECT_EQ(io_.reads, 1);
}

TEST_F(RunTask, AFileThatAppearsMeanwhileIsAnErrorOrSkippedButNeverReplaced) {
  io_.files["a-100.png"] = "old";
  TaskResult result = run();
  EXPECT_EQ(result.failed, 1U);
  EXPECT_EQ(result.errors[0].code, ErrorCode::exists);
  EXPECT_EQ(io_.files["a-100.png"], "old");
  job_.on_exists = OnExists::replace;
  result = run();
  EXPECT_EQ(result.done, 3U);
  EXPECT_NE(io_.files["a-100.png"], "old");
}

TEST_F(RunTask, CancelledBetweenTwoRenditionsItKeepsTheFirstAndReportsTheRest) {
  io_.on_publish = [this](const std::string&) { cancel_.request(); };
  const TaskResult result = run();
  EXPECT_EQ(result.done, 1U);
  EXPECT_EQ(result.not_done, 2U);
  EXPECT_EQ(io_.files.size(), 1U);
}

TEST_F(RunTask, AddsUpTheTimeOfEveryStage) {
  const TaskResult result = run();
  for (const Stage stage : {Stage::read, Stage::decode, Stage::resize, Stage::encode, Stage::write}) {
    EXPECT_GT(result.stage_times[static_cast<std::size_t>(stage)].count(), 0) << name(stage);
  }
}

}  // namespace
}  // namespace labday
