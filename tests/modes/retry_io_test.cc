#include "modes/retry_io.h"

#include <gtest/gtest.h>

#include "pipeline/posix_io.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

constexpr std::string_view kContent = "the bytes of a rendition";

ByteView bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Writes kContent as a retried task does, in two pieces.
Result<void> write_again(const TempFolder& out, const std::string& name) {
  auto io = PosixIo::open(out.path());
  if (!io) return fail(io.error());
  const std::string folder = out.path();
  RetryIo retry(**io, folder);
  auto file = retry.create(name, {});
  if (!file) return fail(file.error());
  if (auto written = (*file)->write(bytes(kContent.substr(0, 5))); !written) return written;
  if (auto written = (*file)->write(bytes(kContent.substr(5))); !written) return written;
  return (*file)->publish(false);
}

TEST(RetryIo, WritesAFileThatIsNotThere) {
  const TempFolder out;
  EXPECT_TRUE(write_again(out, "deep/a.png"));
  EXPECT_EQ(testing::read_text(out.path() / "deep/a.png"), kContent);
}

TEST(RetryIo, TakesAFileOfTheSameBytesForTheDeadWorkers) {
  const TempFolder out;
  out.write("deep/a.png", kContent);
  EXPECT_TRUE(write_again(out, "deep/a.png"));
  EXPECT_EQ(out.files(), std::vector<std::string>{"deep/a.png"}) << "a temporary is left";
}

TEST(RetryIo, DoesNotTouchSomebodyElsesFile) {
  for (const std::string_view other :
       {"", "the bytes of a renditioN", "the bytes of a rendition, and more"}) {
    const TempFolder out;
    out.write("a.png", other);
    const auto written = write_again(out, "a.png");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::exists);
    EXPECT_EQ(testing::read_text(out.path() / "a.png"), other);
    EXPECT_EQ(out.files(), std::vector<std::string>{"a.png"});
  }
}

}  // namespace
}  // namespace labday
