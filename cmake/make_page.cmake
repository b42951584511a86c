# Makes OUTPUT, the C++ source of the page: installs what it is drawn with into WORK_DIR, unless that is there already,
# and bundles. Where this fails, OUTPUT says why the page is missing (and with PAGE=ON the build fails).

function(give_up reason)
  if(PAGE STREQUAL "ON")
    message(FATAL_ERROR "The page of labday report could not be made: ${reason}")
  endif()
  if(NOT MISSING)
    message(WARNING "`labday report` will not work, all else will: ${reason}. Configure and build again to try again.")
    file(TOUCH ${OUTPUT}.missing)
  endif()
  file(WRITE ${OUTPUT} "// Made by cmake/make_page.cmake.
#include \"report/page_shell.h\"

namespace labday {

PageShell page_shell() { return {\"\", \"\", R\"labday_page(${reason})labday_page\"}; }

}  // namespace labday
")
endfunction()

if(MISSING)
  give_up("${MISSING}")
  return()
endif()

# Beside the packages, so that no others are found.
foreach(part IN LISTS PARTS)
  file(COPY ${SOURCE_DIR}/${part} DESTINATION ${WORK_DIR})
endforeach()

file(SHA256 ${SOURCE_DIR}/package-lock.json wanted)
set(installed "")
if(EXISTS ${WORK_DIR}/installed)
  file(READ ${WORK_DIR}/installed installed)
endif()
if(NOT installed STREQUAL wanted)
  # No package needs to execute anything to be installed; few tries, so that a machine without a network knows soon.
  execute_process(
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
            --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000
    WORKING_DIRECTORY ${WORK_DIR}
    RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT result EQUAL 0)
    message("${said}")
    give_up("npm could not install what it is drawn with when this labday was built")
    return()
  endif()
  file(WRITE ${WORK_DIR}/installed ${wanted})
endif()

execute_process(COMMAND ${NODE} ${WORK_DIR}/build.mjs ${OUTPUT}
                RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(NOT result EQUAL 0)
  message("${said}")
  give_up("node could not bundle it when this labday was built")
endif()
