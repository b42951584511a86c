# Tests written in Python run with pytest, one CTest test a file. Debian's own Python comes first: Pillow, the
# oracle, is installed for it, and another python3 may stand before it in the path.
find_program(LABDAY_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(LABDAY_PYTHON python3 REQUIRED)

# labday_python_test(NAME FILE [ENV VARIABLE=VALUE...])
function(labday_python_test name file)
  cmake_parse_arguments(ARG "" "" "ENV" ${ARGN})
  add_test(NAME ${name}
    COMMAND ${LABDAY_PYTHON} -B -m pytest -q -rs -p no:cacheprovider ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  # A file all of whose tests were skipped is shown as skipped, not as passed.
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 ENVIRONMENT "LABDAY_SANITIZE=${LABDAY_SANITIZE};${ARG_ENV}"
    SKIP_REGULAR_EXPRESSION "\n[0-9]+ skipped(, [0-9]+ [a-z]+)* in ")
endfunction()
