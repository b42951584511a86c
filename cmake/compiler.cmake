# One place for what every target is compiled with.

# Debian's make-less machines, slow links and many small files: a compiler cache is used where there is one.
find_program(LABDAY_CCACHE ccache)
if(LABDAY_CCACHE)
  # What one copy of the tree compiled serves another, wherever it lies. Without the last it would keep nothing that was
  # compiled with precompiled headers; it does hash those.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${LABDAY_CCACHE})
endif()

add_library(labday_options INTERFACE)
target_compile_options(labday_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  # Pillow's weights are products and sums of doubles, each rounded: a fused multiply-add would change them.
  -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of GCC 12 on std::string and std::vector at -O2 and above (GCC bugs 105329, 105651).
  target_compile_options(labday_options INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(LABDAY_SANITIZE)
  target_compile_options(labday_options INTERFACE
    -fsanitize=${LABDAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(labday_options INTERFACE -fsanitize=${LABDAY_SANITIZE})
  if(LABDAY_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Clang 14 cannot compile coroutines with it ("Cannot represent a difference across sections").
    target_compile_options(labday_options INTERFACE -fno-sanitize=function)
  endif()
endif()
# Coverage for libFuzzer, of what the fuzz targets call: the layers and what reads an experiment (see groups.cmake). The
# targets bring libFuzzer's main().
if(LABDAY_FUZZ)
  set(LABDAY_COVERAGE -fsanitize=fuzzer-no-link)
endif()
