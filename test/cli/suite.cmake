# Golden cases of the command line (test/golden/cli), typed into the built binary.
if(TARGET gatehouse)
  add_test(NAME golden_cli COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/golden_cli.py ${CMAKE_CURRENT_LIST_DIR}/../golden/cli)
  set_tests_properties(golden_cli PROPERTIES LABELS e2e TIMEOUT 600
    ENVIRONMENT "GATEHOUSE_BINARY=$<TARGET_FILE:gatehouse>;GATEHOUSE_BUILD=${CMAKE_BINARY_DIR}")
endif()
