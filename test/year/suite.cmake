# A year in a test (year_test.cpp says what it does). 400 s under ASan on a busy machine: it begins first.
file(GLOB year_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
add_executable(test_year ${year_sources})
gatehouse_link(test_year lifecycle inventory sandbox)
target_link_libraries(test_year PRIVATE gatehouse_options GTest::gtest_main)
add_test(NAME year COMMAND test_year WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(year PROPERTIES LABELS year TIMEOUT 3600 COST 1000)
