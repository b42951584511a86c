#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/unique_fd.h"
#include "pipeline/plan.h"
#include "report/progress.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

constexpr Clock::time_point kStart{std::chrono::seconds(100)};

/// What can be read from `fd` without waiting.
std::string taken(int fd) {
  std::string text(65536, '\0');
  const ssize_t n = ::read(fd, text.data(), text.size());
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }
  UniqueFd out;
  UniqueFd in;
};

struct Terminal {
  explicit Terminal(unsigned short columns) {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    termios raw{};
    cfmakeraw(&raw);
    int master = -1;
    int slave = -1;
    EXPECT_EQ(::openpty(&master, &slave, nullptr, &raw, &size), 0);
    out = UniqueFd(master);
    in = UniqueFd(slave);
    EXPECT_EQ(::fcntl(master, F_SETFL, O_NONBLOCK), 0);
  }
  UniqueFd out;
  UniqueFd in;
};

/// $TERM for the length of a test.
class TermVariable {
 public:
  TermVariable() {
    if (const char* value = std::getenv("TERM")) before_ = value;
  }
  ~TermVariable() { before_.empty() ? unsetenv("TERM") : setenv("TERM", before_.c_str(), 1); }
  TermVariable(const TermVariable&) = delete;
  TermVariable& operator=(const TermVariable&) = delete;

 private:
  std::string before_;
};

TEST(Progress, IsWantedOnTerminalsThatCanDrawIt) {
  const TermVariable restore;
  const Terminal terminal(80);
  const Pipe pipe;
  setenv("TERM", "xterm", 1);
  EXPECT_TRUE(progress_wanted(ProgressMode::automatic, terminal.in.get()));
  EXPECT_FALSE(progress_wanted(ProgressMode::automatic, pipe.in.get()));
  EXPECT_TRUE(progress_wanted(ProgressMode::on, pipe.in.get()));
  EXPECT_FALSE(progress_wanted(ProgressMode::off, terminal.in.get()));
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(progress_wanted(ProgressMode::automatic, terminal.in.get()));
  unsetenv("TERM");
  EXPECT_FALSE(progress_wanted(ProgressMode::automatic, terminal.in.get()));
  EXPECT_FALSE(progress_wanted(ProgressMode::automatic, -1));
}

TEST(StatusLine, IsDrawnOverItselfAndGoneAtTheEnd) {
  const Pipe pipe;
  {
    StatusLine line(pipe.in.get(), true);
    line.show("one", kStart);
    line.show("two", kStart);
    EXPECT_EQ(taken(pipe.out.get()), "\r\x1b[Kone\r\x1b[Ktwo");
  }
  EXPECT_EQ(taken(pipe.out.get()), "\r\x1b[K");
}

TEST(StatusLine, DrawsNothingWhereItIsOffButPassesMessagesOn) {
  const Pipe pipe;
  {
    StatusLine line(pipe.in.get(), false);
    EXPECT_FALSE(line.due(kStart));
    line.show("one", kStart);
    line.message("a message");
    line.clear();
  }
  EXPECT_EQ(taken(pipe.out.get()), "a message\n");
}

TEST(StatusLine, MakesRoomForAMessageAndIsDrawnAgainBelow) {
  const Pipe pipe;
  StatusLine line(pipe.in.get(), true);
  line.message("before anything was drawn");
  EXPECT_EQ(taken(pipe.out.get()), "before anything was drawn\n");
  line.show("status", kStart);
  (void)taken(pipe.out.get());
  line.message("a message");
  EXPECT_EQ(taken(pipe.out.get()), "\r\x1b[Ka message\nstatus");
  line.clear();
  line.message("after the end");
  EXPECT_EQ(taken(pipe.out.get()), "\r\x1b[Kafter the end\n");
}

TEST(StatusLine, IsDueAtOnceAndThenTenTimesASecond) {
  const Pipe pipe;
  StatusLine line(pipe.in.get(), true);
  EXPECT_TRUE(line.due(Clock::time_point{}));
  EXPECT_TRUE(line.due(kStart));
  line.show("one", kStart);
  EXPECT_FALSE(line.due(kStart + std::chrono::milliseconds(99)));
  EXPECT_TRUE(line.due(kStart + std::chrono::milliseconds(100)));
}

TEST(StatusLine, IsCutToTheTerminalAndLeavesTheLastColumnFree) {
  const Terminal terminal(10);
  StatusLine line(terminal.in.get(), true);
  EXPECT_EQ(line.columns(), 9);
  line.show("0123456789abc", kStart);
  EXPECT_EQ(taken(terminal.out.get()), "\r\x1b[K012345678");
  line.show("01234567ö9", kStart);
  EXPECT_EQ(taken(terminal.out.get()), "\r\x1b[K01234567ö") << "a character is whole or absent";
  line.show("012345678ö", kStart);
  EXPECT_EQ(taken(terminal.out.get()), "\r\x1b[K012345678");
}

TEST(StatusLine, FollowsATerminalThatIsResized) {
  const Terminal terminal(80);
  const StatusLine line(terminal.in.get(), true);
  EXPECT_EQ(line.columns(), 79);
  winsize narrow{};
  narrow.ws_col = 1;
  ASSERT_EQ(ioctl(terminal.out.get(), TIOCSWINSZ, &narrow), 0);
  EXPECT_EQ(line.columns(), 0);
}

TEST(StatusLine, TakesAPipeForEightyColumns) {
  const Pipe pipe;
  EXPECT_EQ(StatusLine(pipe.in.get(), true).columns(), 79);
}

TEST(StatusLine, IsSilentWhereItsReaderIsGone) {
  const testing::TempFolder folder;
  const UniqueFd unwritable(::open(folder.write("file", "").c_str(), O_RDONLY | O_CLOEXEC));
  StatusLine line(unwritable.get(), true);
  line.show("one", kStart);
  line.message("two");
  line.clear();
  EXPECT_EQ(testing::read_text(folder / "file"), "");
}

TEST(JobProgress, WeighsSourcesByTheirBytes) {
  const Terminal terminal(100);
  Job job;
  job.sources.resize(2);
  job.sources[0].file_bytes = 300;
  job.sources[1].file_bytes = 100;
  job.renditions.resize(2);
  StatusLine line(terminal.in.get(), true);
  JobProgress progress(job, whole_sources(job), line);
  TaskResult result;
  result.task = {0, 0, 2};
  result.done = 1;
  result.failed = 1;
  result.bytes_written = 1000;
  progress.add(result);
  const std::string drawn = taken(terminal.out.get());
  EXPECT_NE(drawn.find(" 75 %  2/4"), std::string::npos) << drawn;
  EXPECT_NE(drawn.find("1.0 kB"), std::string::npos) << drawn;
  EXPECT_NE(drawn.find("1 failed"), std::string::npos) << drawn;
}

}  // namespace
}  // namespace labday
