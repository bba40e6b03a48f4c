# End to end, with the built binary: test_*.py by Debian's Python (python3-jira is there), clients of npm by its own Node.
file(GLOB e2e_cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/test_*.py)
foreach(case ${e2e_cases})
  get_filename_component(name ${case} NAME_WE)
  string(REPLACE "test_" "e2e_" name ${name})
  add_test(NAME ${name} COMMAND /usr/bin/python3 -B ${case} WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
  set_tests_properties(${name} PROPERTIES LABELS e2e TIMEOUT 1200 SKIP_RETURN_CODE 77
    ENVIRONMENT "GATEHOUSE_BINARY=$<TARGET_FILE:gatehouse>;GATEHOUSE_BUILD=${CMAKE_BINARY_DIR}")
endforeach()
