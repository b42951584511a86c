#include "report/history_json.h"

#include <gtest/gtest.h>

#include "support/sweeps.h"

namespace labday {
namespace {

History some_history() {
  const auto fixed = testing::fixed_experiment();
  History history = history_of(fixed.plan, fixed.result, 1'700'000'000);
  const SweepRecord record = testing::crossing_sweep();
  remember(history, history_of(record.plan, record.result, 1'700'000'001));
  history[0].job.renditions[1] = Rendition{{}, 800, Filter::lanczos, PngLevel::small};
  return history;
}

TEST(HistoryJson, KnowsItsOwnByTheBeginning) {
  const std::string text = history_json(some_history());
  EXPECT_TRUE(begins_as_history(text));
  EXPECT_TRUE(begins_as_history(text.substr(0, 40)));
  std::string later = text;
  later.replace(later.find("history/1"), 9, "history/2");
  EXPECT_FALSE(begins_as_history(later));
  EXPECT_FALSE(begins_as_history("# labday.history/1 is what labday writes"));
  EXPECT_FALSE(begins_as_history(""));
}

TEST(HistoryJson, GivesBackWhatWasWritten) {
  const History history = some_history();
  ASSERT_EQ(history.size(), 13U);
  const std::string text = history_json(history);
  const Result<History> read = history_from_json(text, "history.json");
  ASSERT_TRUE(read.has_value()) << to_line(read.error());
  EXPECT_EQ(history_json(*read), text);
  ASSERT_EQ(read->size(), 13U);
  EXPECT_EQ(read->front().job, history.front().job);
  EXPECT_EQ(read->front().machine, history.front().machine);
  EXPECT_EQ(read->front().modes[1].mode, "threads:workers=2");
  EXPECT_NEAR(read->front().modes[1].ratio.interval->high, history.front().modes[1].ratio.interval->high,
              1e-9);
  EXPECT_EQ(history_from_json(history_json({}), "history.json")->size(), 0U);
}

TEST(HistoryJson, IsRefusedWhereItWasCutOrChangedOrIsOfAnotherVersion) {
  const std::string text = history_json(some_history());
  for (std::size_t length = 0; length + 2 < text.size(); length += 97) {
    ASSERT_FALSE(history_from_json(text.substr(0, length), "history.json").has_value()) << length;
  }
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"labday.history/1", "labday.history/2"},
                                                        {"\"cores\": 2", "\"cores\": 0"},
                                                        {"\"place\": 1", "\"place\": 0"}}) {
    std::string changed = text;
    ASSERT_NE(changed.find(from), std::string::npos) << from;
    changed.replace(changed.find(from), from.size(), to);
    const Result<History> read = history_from_json(changed, "history.json");
    ASSERT_FALSE(read.has_value()) << to;
    EXPECT_EQ(read.error().path, "history.json");
  }
  EXPECT_FALSE(history_from_json("[]", "history.json").has_value());
}

}  // namespace
}  // namespace labday
