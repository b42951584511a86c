# A layer is one static library that links the layers to its left, and no others:
#   base <- image <- pipeline <- transport <- modes <- lab <- report <- cli
# check_layers.cmake reads the includes as well, since a header needs no linking; a wrong one fails the build.

function(labday_layer name)
  cmake_parse_arguments(ARG "" "GROUP" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
  if(NOT ARG_GROUP)
    set(ARG_GROUP layers)
  endif()
  add_library(labday_${name} STATIC ${ARG_SOURCES})
  target_include_directories(labday_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_LAYERS PREPEND labday_)
  target_link_libraries(labday_${name} PUBLIC ${ARG_LAYERS} ${ARG_LIBRARIES} labday_options)
  labday_in_group(labday_${name} ${ARG_GROUP})
  add_dependencies(labday_${name} labday_check_layers)
endfunction()

add_custom_target(labday_check_layers
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR}/src
          -P ${PROJECT_SOURCE_DIR}/cmake/check_layers.cmake
  COMMENT "Checking that every file includes only its own layer and those to its left")
