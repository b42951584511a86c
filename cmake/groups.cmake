# What keeps a build short. Most of it is not the code that labday is measured by: it is reading the headers of
# libraries, once a file, and optimising code in which no time is spent. Hence three groups of targets:
#   layers  base to lab: optimised as CMAKE_BUILD_TYPE says
#   front   report and cli: lightly, and under a sanitizer not at all
#   tests   as front
# With clang, which the sanitizers are built with, the headers are parsed once a group. GCC 12 gains nothing by that: a
# file that writes JSON takes 6.2 s of CPU with precompiled headers and 6.0 without; clang takes 4.5 and 10.3.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(LABDAY_PRECOMPILED_DEFAULT ON)
else()
  set(LABDAY_PRECOMPILED_DEFAULT OFF)
endif()
option(LABDAY_PRECOMPILED "Parse the headers of libraries once a group, not once a file" ${LABDAY_PRECOMPILED_DEFAULT})

if(LABDAY_SANITIZE)
  set(LABDAY_LIGHT_OPTIMISATION -O0)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(LABDAY_LIGHT_OPTIMISATION -O1)
endif()

# Only what belongs to libraries, and of that what most files of a group include anyway. Each file still includes what
# it uses: GCC and the lint see it without these.
set(LABDAY_PRECOMPILED_HEADERS
  <algorithm> <array> <chrono> <cmath> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <utility> <vector> <fmt/format.h> <nlohmann/json.hpp> <tl/expected.hpp>)

# labday_header_group(NAME [HEADERS ...] [LIBRARIES ...]): what a group parses once; the headers and libraries that it adds
function(labday_header_group name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES" ${ARGN})
  set(source ${PROJECT_BINARY_DIR}/headers_${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Made by cmake/groups.cmake, which needs a file to compile.\n")
  add_library(labday_headers_${name} OBJECT EXCLUDE_FROM_ALL ${source})
  target_link_libraries(labday_headers_${name} PRIVATE fmt::fmt nlohmann_json::nlohmann_json tl::expected
    ${ARG_LIBRARIES} labday_options)
  target_precompile_headers(labday_headers_${name} PRIVATE ${LABDAY_PRECOMPILED_HEADERS} ${ARG_HEADERS})
  # ccache asks for it (its manual, "Precompiled headers").
  target_compile_options(labday_headers_${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  if(name STREQUAL "layers")
    target_compile_options(labday_headers_${name} PRIVATE ${LABDAY_COVERAGE})
  else()
    target_compile_options(labday_headers_${name} PRIVATE ${LABDAY_LIGHT_OPTIMISATION})
  endif()
endfunction()

if(LABDAY_PRECOMPILED)
  labday_header_group(layers)
  labday_header_group(front HEADERS <CLI/CLI.hpp> LIBRARIES CLI11::CLI11)
  if(LABDAY_TESTS)
    find_package(GTest REQUIRED)
    labday_header_group(tests HEADERS <gtest/gtest.h> LIBRARIES GTest::gtest)
  endif()
endif()

# Puts a target into a group.
function(labday_in_group target name)
  if(name STREQUAL "layers")
    target_compile_options(${target} PRIVATE ${LABDAY_COVERAGE})
  else()
    target_compile_options(${target} PRIVATE ${LABDAY_LIGHT_OPTIMISATION})
  endif()
  if(LABDAY_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM labday_headers_${name})
  endif()
endfunction()
