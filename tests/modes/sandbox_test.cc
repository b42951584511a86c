// Workers in a sandbox, as part of a job: what a source makes of one that it took over leads nowhere, and the
// job has the same files, errors and journal as without.
#include "transport/sandbox.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "modes/file_broker.h"
#include "modes/idle_workers.h"
#include "modes/mode_lab.h"
#include "modes/registry.h"
#include "modes/worker_faults.h"
#include "pipeline/journal_index.h"
#include "pipeline/origin.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "pipeline/resume.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::CollectingSink;
using testing::contents;
using testing::Fault;
using testing::TempFolder;

constexpr int kWorkers = 2;
constexpr const char* kVictim = "0002";

class WorkersInASandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    release_idle_workers();
    if (!sandbox_refusal().empty()) GTEST_SKIP() << "this kernel has no sandbox: " << sandbox_refusal();
    testing::write_pictures(in_, 6);
  }
  void TearDown() override {
    ::unsetenv(testing::kFaultVariable);
    release_idle_workers();
    EXPECT_EQ(testing::child_processes(), std::set<int>{});
  }

  [[nodiscard]] Job job(Sandbox sandbox = Sandbox::required) const {
    Job job = testing::make_job(in_.path(), out_.path());
    job.sandbox = sandbox;
    return job;
  }

  static std::string execute(const std::string& mode, const Job& job, ResultSink& sink,
                             Grain grain = Grain::source) {
    auto io = PosixIo::open(job.output_folder, job.journalling);
    EXPECT_TRUE(io);
    auto made = make_mode(*ModeSpec::parse(mode), job, **io, kWorkers);
    EXPECT_TRUE(made) << made.error().detail;
    const auto started = (*made)->start();
    EXPECT_TRUE(started) << started.error().detail;
    const auto ran = (*made)->run(plan_tasks(job, grain, kWorkers), sink, {});
    EXPECT_TRUE(ran) << ran.error().detail;
    EXPECT_TRUE((*io)->settle());
    return (*made)->note();
  }

  TempFolder in_;
  TempFolder out_;
};

/// A socket at `path` that somebody may connect to.
UniqueFd listen_at(const std::string& path) {
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  EXPECT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(listener.get(), 100), 0);
  return listener;
}

class Attack : public WorkersInASandbox,
               public ::testing::WithParamInterface<std::tuple<const char*, const char*>> {
 protected:
  /// Executes the job with a worker that does it at the victim; did it succeed?
  bool succeeds(Sandbox sandbox, CollectingSink& sink) {
    const auto& [mode, attack] = GetParam();
    const TempFolder folder;
    const UniqueFd listener = listen_at(folder / "listener");
    ::setenv(testing::kFaultVariable, Fault{attack, kVictim, folder.path(), -1}.text().c_str(), 1);
    execute(mode, job(sandbox), sink);
    const UniqueFd connected(::accept(listener.get(), nullptr, nullptr));
    return std::filesystem::exists(folder.path() / "evil") || connected;
  }
};

TEST_P(Attack, SucceedsWithoutTheSandbox) {
  CollectingSink sink;
  EXPECT_TRUE(succeeds(Sandbox::off, sink)) << "so that the next test shows something";
}

TEST_P(Attack, EndsTheWorkerAndFailsItsSourceAlone) {
  CollectingSink sink;
  EXPECT_FALSE(succeeds(Sandbox::required, sink));
  ASSERT_EQ(sink.results.size(), 6U);
  const Job job = this->job();
  for (const TaskResult& r : sink.results) {
    const bool victim = job.sources[r.task.source].path.find(kVictim) != std::string::npos;
    EXPECT_EQ(victim ? r.failed : r.done, 3U);
    for (const Error& error : r.errors) {
      EXPECT_EQ(error.code, ErrorCode::worker_died);
      EXPECT_NE(error.detail.find("signal 31 (Bad system call)"), std::string::npos) << error.detail;
    }
  }
  EXPECT_EQ(contents(out_).size(), 15U);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Attack,
    ::testing::Combine(::testing::Values("multiprocessing:start=spawn", "multiprocessing-pool:start=spawn",
                                         "multiprocessing-joblib"),
                       ::testing::ValuesIn(testing::kAttacks)),
    [](const auto& test) {
      std::string text = std::string(std::get<0>(test.param)) + "_" + std::get<1>(test.param);
      std::replace_if(
          text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return text;
    });

class EveryMode : public WorkersInASandbox, public ::testing::WithParamInterface<const char*> {};

TEST_P(EveryMode, SaysThatItsWorkersAreInOne) {
  CollectingSink sink;
  EXPECT_NE(execute(GetParam(), job(Sandbox::automatic), sink).find("each in a sandbox by seccomp"),
            std::string::npos);
}

TEST_P(EveryMode, TakesWhatIsThereAsOnExistsSays) {
  CollectingSink first;
  execute(GetParam(), job(), first);
  const auto files = contents(out_);
  ASSERT_EQ(files.size(), 18U);
  out_.write("0001-50.png", "somebody else's");
  Job again = job();
  CollectingSink refused;
  execute(GetParam(), again, refused);
  for (const TaskResult& r : refused.results) {
    EXPECT_EQ(r.failed, 3U);
    for (const Error& error : r.errors) {
      EXPECT_EQ(error.code, ErrorCode::exists);
      EXPECT_EQ(error.path.find(out_.path().string()), 0U) << error.path;
    }
  }
  again.on_exists = OnExists::skip;
  CollectingSink skipped;
  execute(GetParam(), again, skipped);
  for (const TaskResult& r : skipped.results) EXPECT_EQ(r.skipped, 3U);
  EXPECT_EQ(contents(out_)["0001-50.png"], "somebody else's");
  again.on_exists = OnExists::replace;
  CollectingSink replaced;
  execute(GetParam(), again, replaced);
  for (const TaskResult& r : replaced.results) EXPECT_EQ(r.done, 3U);
  EXPECT_TRUE(contents(out_) == files);
}

TEST_P(EveryMode, NamesThatNeedTheSizeAreTakenFromTheWorkerThatKnowsIt) {
  Job wanted = job();
  wanted.name = *NameTemplate::parse("{dir}/{stem}_{width}x{height}.{ext}");
  CollectingSink sink;
  execute(GetParam(), wanted, sink);
  const TempFolder reference;
  wanted.output_folder = reference.path();
  wanted.sandbox = Sandbox::off;
  CollectingSink plain;
  execute("blocking", wanted, plain);
  EXPECT_EQ(contents(out_).size(), 18U);
  EXPECT_TRUE(contents(out_) == contents(reference));
}

TEST_P(EveryMode, KeepsAJournalThatKnowsEveryFileAsDone) {
  for (const Journalling journalling : {Journalling::on, Journalling::durable}) {
    const TempFolder out;
    Job wanted = job();
    wanted.output_folder = out.path();
    wanted.journalling = journalling;
    CollectingSink sink;
    execute(GetParam(), wanted, sink, Grain::rendition);
    // One process writes: the parent.
    EXPECT_FALSE(std::filesystem::exists(out.path() / ".labday/journal-1"));
    auto index = JournalIndex::load(out.path());
    ASSERT_TRUE(index);
    const ResumePlan plan =
        plan_resume(wanted, whole_sources(wanted), *index, {true, false}, [](const std::string&) {});
    EXPECT_EQ(plan.renditions[static_cast<std::size_t>(Judgement::up_to_date)], 18U);
    EXPECT_TRUE(plan.tasks.empty());
  }
}

TEST_P(EveryMode, WorkersThatAreKilledAgainAndAgainCostNothingButTime) {
  class KillingSink final : public ResultSink {
   public:
    void deliver(TaskResult result) override {
      results.push_back(std::move(result));
      if (results.size() % 4 != 1) return;
      for (const int pid : testing::child_processes()) ::kill(pid, SIGKILL);
    }
    void worker_lost(const WorkerLoss&) override { ++lost; }
    std::vector<TaskResult> results;
    int lost = 0;
  } sink;
  testing::write_pictures(in_, 30);
  const Job wanted = job();
  execute(GetParam(), wanted, sink);
  CollectingSink plain;
  const TempFolder reference;
  Job unconfined = wanted;
  unconfined.sandbox = Sandbox::off;
  unconfined.output_folder = reference.path();
  execute("blocking", unconfined, plain);
  EXPECT_GT(sink.lost, 0);
  // A task that was hit twice fails and says so; its files are whole, or not there.
  auto expected = contents(reference);
  std::size_t done = 0;
  for (const TaskResult& r : sink.results) {
    done += r.done;
    for (const Error& error : r.errors) EXPECT_EQ(error.code, ErrorCode::worker_died) << error.detail;
  }
  EXPECT_GE(done, 45U);
  const auto files = contents(out_);
  EXPECT_GE(files.size(), done);
  for (const auto& [name, content] : files) EXPECT_TRUE(expected[name] == content) << name;
}

INSTANTIATE_TEST_SUITE_P(Each, EveryMode,
                         ::testing::Values("multiprocessing", "multiprocessing:start=spawn",
                                           "multiprocessing-pool", "multiprocessing-pool:start=spawn,chunk=3",
                                           "multiprocessing-joblib:max_nbytes=1"),
                         [](const auto& test) {
                           std::string text = test.param;
                           std::replace_if(
                               text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) == 0; },
                               '_');
                           return text;
                         });

TEST_F(WorkersInASandbox, ThatAreIdleGoToNoJobWithoutOne) {
  CollectingSink confined;
  execute("multiprocessing-joblib", job(), confined);
  const auto first = testing::child_processes();
  ASSERT_EQ(first.size(), 2U);
  Job again = job();
  again.on_exists = OnExists::replace;
  CollectingSink second;
  execute("multiprocessing-joblib", again, second);
  EXPECT_EQ(testing::child_processes(), first) << "the same limits: the same workers";
  again.sandbox = Sandbox::off;
  CollectingSink third;
  execute("multiprocessing-joblib", again, third);
  for (const int pid : testing::child_processes()) EXPECT_FALSE(first.contains(pid));
  for (const TaskResult& r : third.results) EXPECT_EQ(r.done, 3U);
}

TEST(SandboxThatIsRequired, IsRefusedByModesOfOneProcess) {
  const TempFolder in;
  const TempFolder out;
  Job job = testing::make_job(in.path(), out.path());
  job.sandbox = Sandbox::required;
  auto io = PosixIo::open(out.path());
  for (const ModeInfo* info : all_modes()) {
    const auto made = make_mode(*ModeSpec::parse(info->name), job, **io, kWorkers);
    EXPECT_EQ(made.has_value(), info->has_sandbox) << info->name;
    EXPECT_TRUE(made || made.error().code == ErrorCode::usage) << info->name;
  }
}

/// What the parent makes of a worker that asks for what it may not have.
class Broker : public ::testing::Test {
 protected:
  Broker() {
    testing::write_pictures(in_, 2);
    job_ = testing::make_job(in_.path(), out_.path());
    io_ = std::move(*PosixIo::open(out_.path()));
  }

  RequestMessage create(const std::string& name, std::size_t rendition = 0) const {
    return {0, RequestMessage::Kind::create, spec_hash(job_, job_.renditions[rendition]), name, {}};
  }

  TempFolder in_;
  TempFolder out_;
  Job job_;
  std::unique_ptr<PosixIo> io_;
  const Task task_{0, 0, 2};  // of three renditions
};

TEST_F(Broker, TakesNoNameThatTheTaskMayNotHave) {
  FileBroker broker(job_, *io_->native_folder());
  for (const char* name : {"0001-50.png", "0000-200.png", "../0000-50.png", "/0000-50.png", "0000-50.png/",
                           "", "deep/0000-50.png", ".labday/journal-0", "0000-120.png"}) {
    EXPECT_FALSE(broker.answer(create(name), task_, false)) << name;
    EXPECT_FALSE(broker.answer({0, RequestMessage::Kind::exists, 0, name, {}}, {0, 0, 1}, false)) << name;
  }
  EXPECT_FALSE(broker.answer(create("0000-50.png", 2), task_, false)) << "another rendition's settings";
  EXPECT_TRUE(out_.files().empty());
}

TEST_F(Broker, HasNoMoreFilesThanTheTaskHasRenditions) {
  FileBroker broker(job_, *io_->native_folder());
  EXPECT_TRUE(broker.answer(create("0000-50.png"), task_, false));
  EXPECT_TRUE(broker.answer(create("0000-120.png", 1), task_, false));
  EXPECT_FALSE(broker.answer(create("0000-120.png", 1), task_, false));
}

TEST_F(Broker, KnowsNoHandleButThoseThatItGave) {
  FileBroker broker(job_, *io_->native_folder());
  for (const auto kind : {RequestMessage::Kind::publish, RequestMessage::Kind::discard}) {
    EXPECT_FALSE(broker.answer({0, kind, 1, {}, {}}, task_, false));
  }
}

TEST_F(Broker, GivesMemoryOnceATaskAndNotWithoutBound) {
  FileBroker broker(job_, *io_->native_folder());
  const auto ask = [&](std::uint64_t bytes) {
    return broker.answer({0, RequestMessage::Kind::share_memory, bytes, {}, {}}, task_, false).has_value();
  };
  EXPECT_FALSE(ask(std::uint64_t{1} << 60));
  EXPECT_FALSE(ask(0));
  EXPECT_TRUE(ask(1000));
  EXPECT_FALSE(ask(1000));
}

TEST_F(Broker, TakesNothingForDoneThatWasNotPutInPlace) {
  FileBroker broker(job_, *io_->native_folder());
  TaskResult result;
  result.task = task_;
  result.done = 2;
  const auto created = broker.answer(create("0000-50.png"), task_, false);
  ASSERT_TRUE(created && !created->reply.error);
  ASSERT_EQ(::pwrite(created->descriptor->get(), "content", 7, 0), 7);
  const auto published =
      broker.answer({0, RequestMessage::Kind::publish, created->reply.number, {}, {}}, task_, false);
  ASSERT_TRUE(published && !published->reply.error);
  EXPECT_FALSE(broker.end_task(result));
  EXPECT_EQ(out_.files(), std::vector<std::string>{"0000-50.png"});
}

TEST_F(Broker, GivesUpWhatAWorkerLeaves) {
  {
    FileBroker broker(job_, *io_->native_folder());
    ASSERT_TRUE(broker.answer(create("0000-50.png"), task_, false));
    EXPECT_EQ(out_.files().size(), 1U);
  }
  EXPECT_TRUE(out_.files().empty());
}

}  // namespace
}  // namespace labday
