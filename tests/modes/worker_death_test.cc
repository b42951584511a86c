// A worker that dies or loses its mind, at each point of a task's life: nobody else's work suffers, the task
// is tried once more, and then reported with a reason.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "modes/idle_workers.h"
#include "modes/mode_lab.h"
#include "modes/registry.h"
#include "modes/worker_faults.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::CollectingSink;
using testing::contents;
using testing::Fault;
using testing::FaultIo;
using testing::TempFolder;

constexpr int kWorkers = 2;
constexpr int kSources = 6;
constexpr const char* kVictim = "0002";

struct Parameter {
  std::string mode;
  Grain grain = Grain::source;
  std::string fault;
};

/// Executes the job with a fault in its workers.
void execute(const std::string& mode, Grain grain, const Job& job, const Fault& fault, CollectingSink& sink) {
  release_idle_workers();  // they would not know of the fault
  ::setenv(testing::kFaultVariable, fault.text().c_str(), 1);
  auto posix = PosixIo::open(job.output_folder);
  ASSERT_TRUE(posix);
  FaultIo io(std::move(*posix), fault, ::getpid());
  const auto spec = ModeSpec::parse(mode);
  ASSERT_TRUE(spec);
  auto made = make_mode(*spec, job, io, kWorkers);
  ASSERT_TRUE(made);
  const auto started = (*made)->start();
  ASSERT_TRUE(started) << started.error().detail;
  const auto tasks = plan_tasks(job, grain, kWorkers);
  const auto ran = (*made)->run(tasks, sink, {});
  EXPECT_TRUE(ran) << ran.error().detail;
  made->reset();
  testing::expect_each_task_once(tasks, sink);
  ::unsetenv(testing::kFaultVariable);
  release_idle_workers();
  EXPECT_EQ(testing::child_processes(), std::set<int>{});
  EXPECT_EQ(testing::shared_memory(), 0U);
}

class WorkerDeath : public ::testing::TestWithParam<Parameter> {
 protected:
  void SetUp() override {
    testing::write_pictures(in_, kSources);
    CollectingSink sink;
    execute(std::string(all_modes().front()->name), Grain::source,
            testing::make_job(in_.path(), reference_.path()), {}, sink);
    ASSERT_EQ(contents(reference_).size(), 3U * kSources);
  }

  [[nodiscard]] Fault fault(int times) const { return {GetParam().fault, kVictim, marks_.path(), times}; }

  TempFolder in_;
  TempFolder reference_;
  TempFolder marks_;
};

TEST_P(WorkerDeath, OnceLeavesTheFilesOfTheBaseline) {
  const TempFolder out;
  CollectingSink sink;
  execute(GetParam().mode, GetParam().grain, testing::make_job(in_.path(), out.path()), fault(1), sink);
  EXPECT_EQ(marks_.files().size(), 1U) << "the fault did not strike";
  std::uint32_t done = 0;
  for (const TaskResult& r : sink.results) done += r.done;
  EXPECT_EQ(done, 3U * kSources);
  EXPECT_TRUE(contents(out) == contents(reference_));
}

TEST_P(WorkerDeath, EachTimeFailsThatSourceAloneAndSaysWhy) {
  const TempFolder out;
  const Job job = testing::make_job(in_.path(), out.path());
  CollectingSink sink;
  execute(GetParam().mode, GetParam().grain, job, fault(-1), sink);
  for (const TaskResult& r : sink.results) {
    const bool victim = job.sources[r.task.source].path.find(kVictim) != std::string::npos;
    const auto renditions = static_cast<std::uint32_t>(r.task.last - r.task.first);
    EXPECT_EQ(victim ? r.failed : r.done, renditions);
    for (const Error& error : r.errors) {
      EXPECT_EQ(error.code, ErrorCode::worker_died);
      EXPECT_EQ(error.path, job.sources[r.task.source].path);
      const bool was_killed = error.detail.find("signal 9 (Killed)") != std::string::npos;
      const bool broke_off = error.detail.find("nonsense") != std::string::npos ||
                             error.detail.find("closed its connection") != std::string::npos;
      EXPECT_TRUE(was_killed || broke_off) << error.detail;
    }
  }
  // Those of the victim that are there are whole, too, and no temporary is.
  auto expected = contents(reference_);
  const auto files = contents(out);
  for (const auto& [name, content] : files) {
    const auto found = expected.find(name);
    EXPECT_TRUE(found != expected.end() && found->second == content) << name;
    expected.erase(name);
  }
  for (const auto& [name, content] : expected) EXPECT_NE(name.find(kVictim), std::string::npos) << name;
}

/// In a worker, notes in a folder where it holds more than its own task's pixels.
class PixelCountingIo final : public Io {
 public:
  PixelCountingIo(std::shared_ptr<Io> io, const TempFolder& notes) : io_(std::move(io)), notes_(notes) {}
  Result<Bytes> read(const std::string& path, std::int64_t limit) override { return io_->read(path, limit); }
  bool exists(const std::string& name) override { return io_->exists(name); }
  Result<std::unique_ptr<OutputFile>> create(const std::string& name, const Origin& origin) override {
    std::size_t pixels = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
      if (target.find("memfd:labday-source") != std::string::npos) ++pixels;
    }
    notes_.write((pixels > 1 ? "too many for " : "seen ") + std::to_string(::getpid()) + " " + name, "");
    return io_->create(name, origin);
  }

 private:
  std::shared_ptr<Io> io_;
  const TempFolder& notes_;
};

TEST(ForkedReplacements, HoldNoPixelsOfOtherWorkersTasks) {
  const TempFolder in;
  const TempFolder out;
  const TempFolder notes;
  testing::write_pictures(in, kSources);
  for (const char* mode : {"multiprocessing", "multiprocessing-pool:maxtasks=1"}) {
    const Job job = testing::make_job(in.path(), out / mode);
    auto posix = PosixIo::open(job.output_folder);
    ASSERT_TRUE(posix);
    PixelCountingIo io(std::move(*posix), notes);
    auto made = make_mode(*ModeSpec::parse(mode), job, io, 3);
    ASSERT_TRUE(made);
    ASSERT_TRUE((*made)->start());
    CollectingSink sink;
    ASSERT_TRUE((*made)->run(plan_tasks(job, Grain::rendition, 3), sink, {}));
    made->reset();
  }
  const auto noted = notes.files();
  EXPECT_EQ(noted.size(), 2U * 3U * kSources);
  for (const std::string& note : noted) EXPECT_TRUE(note.starts_with("seen")) << note;
}

std::vector<Parameter> faults_everywhere() {
  std::vector<Parameter> parameters;
  const auto add = [&](const std::string& mode, const auto& faults) {
    for (const Grain grain : {Grain::source, Grain::rendition}) {
      for (const char* fault : faults) parameters.push_back({mode, grain, fault});
    }
  };
  for (const char* forking : {"multiprocessing", "multiprocessing-pool", "multiprocessing-pool:chunk=3"}) {
    add(forking, testing::kDeathsInIo);
  }
  for (const char* spawning : {"multiprocessing:start=spawn", "multiprocessing-pool:start=spawn",
                               "multiprocessing-joblib:max_nbytes=1,batch=3"}) {
    add(spawning, testing::kDeathsInIo);
    add(spawning, testing::kFaultsOfProtocol);
  }
  return parameters;
}

std::string parameter_name(const ::testing::TestParamInfo<Parameter>& info) {
  std::string text = info.param.mode + "_by_" + std::string(name(info.param.grain)) + "_" + info.param.fault;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(Every, WorkerDeath, ::testing::ValuesIn(faults_everywhere()), parameter_name);

TEST(WorkersOfADeadParent, EndWithIt) {
  for (const char* mode : {"multiprocessing", "multiprocessing-pool", "multiprocessing-pool:start=spawn",
                           "multiprocessing-joblib"}) {
    const TempFolder in;
    const TempFolder out;
    testing::write_pictures(in, 4);
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
      // Every process of the job holds the writing end of the pipe; spawned ones as their standard error.
      ::dup2(ends[1], STDERR_FILENO);
      ::close(ends[0]);
      const Job job = testing::make_job(in.path(), out.path());
      auto io = PosixIo::open(job.output_folder);
      const auto spec = ModeSpec::parse(mode);
      auto made = make_mode(*spec, job, **io, kWorkers);
      class DyingSink final : public ResultSink {
        void deliver(TaskResult) override { ::raise(SIGKILL); }
      } sink;
      if (!(*made)->start()) ::_exit(1);
      [[maybe_unused]] const auto ran = (*made)->run(plan_tasks(job, Grain::source, kWorkers), sink, {});
      ::_exit(2);
    }
    ::close(ends[1]);
    int status = 0;
    ASSERT_EQ(::waitpid(parent, &status, 0), parent);
    EXPECT_TRUE(WIFSIGNALED(status)) << mode << ": " << status;
    // The end of the pipe is the end of the last process: an orphan would make this wait until the time
    // limit.
    std::array<char, 100> said{};
    ssize_t n = 0;
    while ((n = ::read(ends[0], said.data(), said.size())) > 0) {
    }
    EXPECT_EQ(n, 0);
    ::close(ends[0]);
  }
}

}  // namespace
}  // namespace labday
