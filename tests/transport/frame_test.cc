#include "transport/frame.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace labday {
namespace {

class Frames : public ::testing::Test {
 protected:
  void SetUp() override {
    auto sockets = socket_pair();
    ASSERT_TRUE(sockets.has_value());
    ours_ = std::move(sockets->first);
    theirs_ = std::move(sockets->second);
  }

  static Bytes some(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return bytes;
  }

  UniqueFd ours_;
  UniqueFd theirs_;
};

TEST_F(Frames, ArriveWholeAndApart) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{9000}, std::size_t{5'000'003}}) {
    const Bytes first = some(size);
    const Bytes second = some(3);
    std::thread sender([&] {
      EXPECT_TRUE(send_frame(ours_.get(), first).has_value());
      EXPECT_TRUE(send_frame(ours_.get(), second).has_value());
    });
    const Result<Bytes> got_first = receive_frame(theirs_.get());
    const Result<Bytes> got_second = receive_frame(theirs_.get());
    sender.join();
    ASSERT_TRUE(got_first.has_value()) << size;
    EXPECT_EQ(*got_first, first);
    ASSERT_TRUE(got_second.has_value()) << size;
    EXPECT_EQ(*got_second, second);
  }
}

TEST_F(Frames, AreTakenInAsTheyArrive) {
  const std::array<std::uint8_t, 11> wire{3, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c'};
  FrameReader reader;
  for (const std::uint8_t byte : wire) {
    EXPECT_EQ(reader.take_in(theirs_.get(), false), FrameReader::State::waiting);
    ASSERT_EQ(::send(ours_.get(), &byte, 1, 0), 1);
  }
  EXPECT_EQ(reader.take_in(theirs_.get(), false), FrameReader::State::complete);
  EXPECT_EQ(reader.take(), (Bytes{'a', 'b', 'c'}));
}

TEST_F(Frames, ThatEndEarlyAreErrors) {
  const std::array<std::uint8_t, 9> wire{3, 0, 0, 0, 0, 0, 0, 0, 'a'};
  ASSERT_EQ(::send(ours_.get(), wire.data(), wire.size(), 0), 9);
  ours_.reset();
  const Result<Bytes> got = receive_frame(theirs_.get());
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::truncated);
}

TEST_F(Frames, ThatClaimTooMuchAreErrorsBeforeMemoryIsTaken) {
  const std::array<std::uint8_t, 8> wire{0, 0, 0, 0, 0, 0, 0, 0x7F};
  ASSERT_EQ(::send(ours_.get(), wire.data(), wire.size(), 0), 8);
  const Result<Bytes> got = receive_frame(theirs_.get());
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::over_limit);
}

TEST_F(Frames, ToAPeerThatIsGoneAreErrorsAndNoSignal) {
  theirs_.reset();
  EXPECT_FALSE(send_frame(ours_.get(), some(100)).has_value());
}

TEST_F(Frames, CarryADescriptor) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  ASSERT_TRUE(send_frame(ours_.get(), some(3), writing.get()));
  ASSERT_TRUE(send_frame(ours_.get(), some(4)));
  writing.reset();
  FrameReader first;
  ASSERT_EQ(first.take_in(theirs_.get(), true), FrameReader::State::complete);
  EXPECT_EQ(first.take(), some(3));
  UniqueFd arrived = first.take_descriptor();
  ASSERT_TRUE(arrived);
  EXPECT_EQ(::fcntl(arrived.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::write(arrived.get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(reading.get(), &byte, 1), 1);
  FrameReader second;
  ASSERT_EQ(second.take_in(theirs_.get(), true), FrameReader::State::complete);
  EXPECT_FALSE(second.take_descriptor());
  // Nobody else has kept a copy.
  arrived.reset();
  EXPECT_EQ(::read(reading.get(), &byte, 1), 0);
}

TEST_F(Frames, ThatAFullSocketDoesNotTakeWaitInTheirSender) {
  FrameSender sender;
  constexpr int kFrames = 20;
  for (int i = 0; i < kFrames; ++i) sender.queue(some(100'000));
  ASSERT_EQ(sender.flush(ours_.get()), FrameSender::State::waiting);
  for (int i = 0; i < kFrames; ++i) {
    FrameReader reader;
    while (reader.take_in(theirs_.get(), false) == FrameReader::State::waiting) {
      ASSERT_NE(sender.flush(ours_.get()), FrameSender::State::closed);
    }
    EXPECT_EQ(reader.take(), some(100'000));
  }
  EXPECT_TRUE(sender.empty());
}

TEST_F(Frames, OfASenderWhosePeerIsGoneAreRefused) {
  theirs_.reset();
  FrameSender sender;
  sender.queue(some(10));
  EXPECT_EQ(sender.flush(ours_.get()), FrameSender::State::closed);
}

}  // namespace
}  // namespace labday
