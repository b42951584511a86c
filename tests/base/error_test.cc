#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <string>

#include "base/text.h"

namespace labday {
namespace {

TEST(Error, EveryStageHasAName) {
  std::set<std::string_view> names;
  for (int i = 0; i < kStageCount; ++i) names.insert(name(static_cast<Stage>(i)));
  EXPECT_EQ(names, (std::set<std::string_view>{"plan", "read", "decode", "resize", "encode", "write"}));
  EXPECT_EQ(name(Stage::plan), "plan");
  EXPECT_EQ(name(Stage::write), "write");
}

TEST(Error, EveryCodeHasANameOfItsOwnAndARemedy) {
  std::set<std::string_view> names;
  std::set<std::string_view> remedies;
  for (int i = 0; i < kErrorCodeCount; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_TRUE(names.insert(name(code)).second) << name(code);
    EXPECT_TRUE(remedies.insert(remedy(code)).second) << name(code);
    EXPECT_GT(remedy(code).size(), 10U) << name(code);
    EXPECT_TRUE(remedy(code)[0] >= 'A' && remedy(code)[0] <= 'Z') << remedy(code);
    EXPECT_NE(remedy(code).back(), '.') << "to_line() ends the sentence";
  }
}

// The names stand in a table beside the enumeration; these are its ends and its middle.
TEST(Error, NamesBelongToTheirCodes) {
  EXPECT_EQ(name(ErrorCode::not_found), "not_found");
  EXPECT_EQ(name(ErrorCode::over_limit), "over_limit");
  EXPECT_EQ(name(ErrorCode::no_space), "no_space");
  EXPECT_EQ(name(ErrorCode::cancelled), "cancelled");
  EXPECT_EQ(name(ErrorCode::internal), "internal");
  EXPECT_EQ(static_cast<int>(ErrorCode::internal), kErrorCodeCount - 1);
  EXPECT_EQ(static_cast<int>(Stage::write), kStageCount - 1);
}

TEST(Error, IsOneLineWithFileStageReasonAndRemedy) {
  EXPECT_EQ(to_line({Stage::decode, ErrorCode::truncated, "photos/a.jpg", "the JPEG data ends early"}),
            "photos/a.jpg: decode: the JPEG data ends early. Get the file again: its end is missing.");
  EXPECT_EQ(to_line({Stage::plan, ErrorCode::usage, "", "no sources"}),
            "plan: no sources. See labday --help.");
}

TEST(Error, NamesARemedyOfItsOwnWhereThatOfTheCodeDoesNotFit) {
  EXPECT_EQ(to_line({Stage::plan, ErrorCode::exists, "a.jpg", "it is there", "Name another folder"}),
            "a.jpg: plan: it is there. Name another folder.");
  EXPECT_EQ(
      to_line(system_error(Stage::write, EPIPE, "stdout", "cannot write the log")),
      "stdout: write: cannot write the log: Broken pipe. Let the program that reads it go on until the end.");
}

TEST(Error, StaysOneLineOfUtf8WhateverThePathAndTheDetail) {
  const std::string line =
      to_line({Stage::read, ErrorCode::io, "a\nb\xff\x1b[31m.jpg", "libpng says: \xfe\n\x07"});
  EXPECT_EQ(line,
            "a\\x0ab\\xff\\x1b[31m.jpg: read: libpng says: \\xfe\\x0a\\x07. Check the disk and the file "
            "system.");
  EXPECT_TRUE(is_utf8(line));
}

TEST(Error, OfTheSystemFollowsFromItsNumber) {
  const struct {
    int number;
    ErrorCode code;
  } cases[] = {
      {ENOENT, ErrorCode::not_found},
      {ENOTDIR, ErrorCode::not_found},
      {EACCES, ErrorCode::permission_denied},
      {EPERM, ErrorCode::permission_denied},
      {EROFS, ErrorCode::permission_denied},
      {EISDIR, ErrorCode::not_a_file},
      {EEXIST, ErrorCode::exists},
      {ENOSPC, ErrorCode::no_space},
      {EDQUOT, ErrorCode::no_space},
      {ENOMEM, ErrorCode::out_of_memory},
      {EIO, ErrorCode::io},
      {EMFILE, ErrorCode::too_many_files},
      {ENFILE, ErrorCode::too_many_files},
      {ELOOP, ErrorCode::io},
  };
  for (const auto& [number, code] : cases) {
    const Error error = system_error(Stage::write, number, "out/a.png", "cannot write");
    EXPECT_EQ(error.code, code) << std::strerror(number);
    EXPECT_EQ(error.stage, Stage::write);
    EXPECT_EQ(error.path, "out/a.png");
    EXPECT_EQ(error.detail, std::string("cannot write: ") + std::strerror(number));
  }
}

}  // namespace
}  // namespace labday
