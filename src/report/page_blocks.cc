#include "report/page_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace labday {
namespace {

std::string_view name(Look look) {
  switch (look) {
    case Look::plain:
      return "";
    case Look::lead:
      return "lead";
    case Look::faded:
      return "faded";
    case Look::note:
      return "note";
    case Look::typed:
      return "typed";
  }
  return "";
}

/// Those that hold something.
template <class Take>
void for_each_line(std::string_view lines, Take take) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    if (!line.empty()) take(line);
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
  }
}

Json json_legend(const std::vector<std::pair<std::string, std::string>>& legend) {
  Json list = Json::array();
  for (const auto& [label, of] : legend) list.push_back(Json::array({label, of}));
  return list;
}

Json merged(Json object, const Json& more) {
  object.update(more);
  return object;
}

}  // namespace

Json text_block(std::string_view text, Look look) {
  Json block{{"kind", "text"}, {"text", text}};
  if (look != Look::plain) block["look"] = name(look);
  return block;
}

void add_lines(Json& blocks, std::string_view lines, Look look) {
  for_each_line(lines, [&](std::string_view line) { blocks.push_back(text_block(line, look)); });
}

Json facts_block(const std::vector<std::pair<std::string, std::string>>& facts) {
  Json list = Json::array();
  for (const auto& [term, text] : facts) list.push_back(Json::array({term, text}));
  return {{"kind", "facts"}, {"facts", std::move(list)}};
}

Json table_block(const std::string& caption, const TableCells& cells) {
  Json heads = Json::array();
  for (const Column& column : cells.columns) {
    heads.push_back({{"title", column.title}, {"align", column.align == Align::right ? "right" : "left"}});
  }
  return {{"kind", "table"}, {"caption", caption}, {"columns", std::move(heads)}, {"rows", cells.rows}};
}

Json choice_block(std::string_view label, std::vector<Option> options) {
  Json list = Json::array();
  for (Option& option : options)
    list.push_back({{"label", std::move(option.label)}, {"blocks", std::move(option.blocks)}});
  return {{"kind", "choice"}, {"label", label}, {"options", std::move(list)}};
}

Json legend_block(const std::vector<std::pair<std::string, std::string>>& legend) {
  return {{"kind", "legend"}, {"legend", json_legend(legend)}};
}

Json items_block(std::string_view lines) {
  Json items = Json::array();
  for_each_line(lines, [&](std::string_view line) {
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
    items.push_back(capitalised(std::string(line)));
  });
  return {{"kind", "items"}, {"items", std::move(items)}};
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

Json section(std::string_view id, std::string_view title, Json blocks) {
  return {{"id", id}, {"title", title}, {"blocks", std::move(blocks)}};
}

Json plotted(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

Json chart_block(Chart chart) {
  Json data = Json::object();
  for (const auto& [name, rows] : chart.data) data[name] = rows.json();
  Json block{{"kind", "chart"}, {"title", std::move(chart.title)}};
  if (!chart.about.empty()) block["about"] = std::move(chart.about);
  if (!chart.legend.empty()) block["legend"] = json_legend(chart.legend);
  // Read out in place of the picture.
  chart.spec["description"] = block["title"];
  chart.spec["width"] = "container";
  chart.spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  block["spec"] = std::move(chart.spec);
  block["data"] = std::move(data);
  if (!chart.table.is_null()) block["table"] = std::move(chart.table);
  return block;
}

std::string colour(std::string_view name) { return fmt::format("var(--{})", name); }

Json quantity(std::string_view field, const Json& more) {
  return merged({{"field", field}, {"type", "quantitative"}}, more);
}

Json category(std::string_view field, const Json& more) {
  return merged({{"field", field}, {"type", "nominal"}}, more);
}

Json row_order(const std::vector<std::string>& rows) {
  const Json axis{{"title", nullptr},
                  {"domain", false},
                  {"ticks", false},
                  {"labelAlign", "left"},
                  {"labelPadding", 0},
                  {"labelOffset", -13},
                  {"labelLimit", {{"expr", "width"}}},
                  {"labelFontWeight", 600},
                  {"zindex", 1},
                  {"labelOverlap", false}};
  return {{"sort", nullptr}, {"scale", {{"domain", rows}}}, {"axis", axis}};
}

Json tooltip(std::initializer_list<TooltipLine> lines) {
  Json list = Json::array();
  for (const TooltipLine& line : lines) {
    Json json{{"field", line.field}, {"title", line.title}, {"type", "nominal"}};
    if (!line.format.empty()) {
      json["type"] = "quantitative";
      json["format"] = line.format;
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json colour_scale(const std::vector<std::pair<std::string, std::string>>& legend) {
  Json domain = Json::array();
  Json range = Json::array();
  for (const auto& [label, of] : legend) {
    domain.push_back(label);
    range.push_back(of);
  }
  return {{"domain", std::move(domain)}, {"range", std::move(range)}};
}

}  // namespace labday
