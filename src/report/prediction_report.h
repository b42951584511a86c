// Predicted times, as text for a person and as JSON (schema labday.prediction/1).
#pragma once

#include <string>
#include <vector>

#include "lab/prediction.h"

namespace labday {

/// A table, and then what the record does not tell. Each line ends with a line feed.
[[nodiscard]] std::string prediction_text(const std::vector<Prediction>& predictions);

[[nodiscard]] std::string prediction_json(const std::vector<Prediction>& predictions);

}  // namespace labday
