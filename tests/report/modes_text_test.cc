#include "report/modes_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "modes/registry.h"

namespace labday {
namespace {

TEST(ModesText, BeginsWithTheBaseline) {
  const std::string begin = std::string(all_modes().front()->name) + "\n    ";
  EXPECT_EQ(modes_text().substr(0, begin.size()), begin);
}

// Of the registry, so that a new mode cannot be missing.
TEST(ModesText, SaysOfEveryModeItsSummaryAndItsParameters) {
  const std::string text = modes_text();
  for (const ModeInfo* info : all_modes()) {
    const std::string head = std::string(info->name) + "\n    " + std::string(info->summary) + "\n";
    const std::size_t at = text.find(head);
    ASSERT_NE(at, std::string::npos) << head;
    EXPECT_TRUE(at == 0 || text[at - 1] == '\n');
    std::size_t from = at + head.size();
    for (const ModeParameter& p : info->parameters) {
      const std::string line =
          "    " + std::string(p.name) + "=" + std::string(p.fallback) + "  " + std::string(p.help) + "\n";
      EXPECT_EQ(text.substr(from, line.size()), line);
      from += line.size();
    }
  }
  EXPECT_TRUE(
      text.ends_with("\nAsk for one as NAME or NAME:key=value,key=value, for instance "
                     "threads:workers=4.\n"));
}

TEST(ModesText, IsTheSameAsJson) {
  const auto json = nlohmann::json::parse(modes_json());
  EXPECT_EQ(json.at("schema"), "labday.modes/1");
  ASSERT_EQ(json.at("modes").size(), all_modes().size());
  for (std::size_t i = 0; i < all_modes().size(); ++i) {
    const ModeInfo& info = *all_modes()[i];
    const auto& mode = json.at("modes")[i];
    EXPECT_EQ(mode.at("name"), info.name);
    EXPECT_EQ(mode.at("summary"), info.summary);
    EXPECT_EQ(mode.at("available"), info.unavailable().empty());
    EXPECT_EQ(mode.at("unavailable_because"), info.unavailable());
    ASSERT_EQ(mode.at("parameters").size(), info.parameters.size());
    for (std::size_t p = 0; p < info.parameters.size(); ++p) {
      EXPECT_EQ(mode.at("parameters")[p].at("name"), info.parameters[p].name);
      EXPECT_EQ(mode.at("parameters")[p].at("default"), info.parameters[p].fallback);
      EXPECT_EQ(mode.at("parameters")[p].at("help"), info.parameters[p].help);
    }
  }
  EXPECT_TRUE(modes_json().ends_with("}\n"));
}

}  // namespace
}  // namespace labday
