// Result<T>: a value or an Error. Functions that return one are [[nodiscard]].
#pragma once

#include <tl/expected.hpp>

#include <utility>

#include "base/error.h"

namespace labday {

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(Stage::read, ErrorCode::io, path, "detail");`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}
[[nodiscard]] inline tl::unexpected<Error> fail(Stage stage, ErrorCode code, std::string path,
                                                std::string detail) {
  return fail(Error{stage, code, std::move(path), std::move(detail)});
}

}  // namespace labday
