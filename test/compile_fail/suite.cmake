# What must not compile. Each case is compiled twice: as it is, which must work (the positive twin, so that the case can't fail for
# another reason), and with -DMUST_NOT_COMPILE, which must fail with the message that its `// expect:` line matches.
file(GLOB cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
foreach(case ${cases})
  get_filename_component(case_name ${case} NAME_WE)
  add_test(NAME compile_fail_${case_name}
    COMMAND ${CMAKE_COMMAND} -DCOMPILER=${CMAKE_CXX_COMPILER} -DSOURCE=${case} -DROOT=${CMAKE_SOURCE_DIR}
            -P ${CMAKE_CURRENT_LIST_DIR}/check.cmake)
  set_tests_properties(compile_fail_${case_name} PROPERTIES LABELS compile_fail TIMEOUT 300)
endforeach()
