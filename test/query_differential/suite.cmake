# Gatehouse's JQL parser against Atlassian's own (npm, test only): test/query/differential.
set(differential ${CMAKE_SOURCE_DIR}/test/query/differential)
add_executable(jql_dump ${differential}/jql_dump.cpp ${CMAKE_SOURCE_DIR}/test/query/jql_generator.cpp ${CMAKE_SOURCE_DIR}/test/query/case_file.cpp)
gatehouse_link(jql_dump query)
target_include_directories(jql_dump PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_definitions(jql_dump PRIVATE GATEHOUSE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(jql_dump PRIVATE gatehouse_options gatehouse_json rapidcheck GTest::gtest)
add_test(NAME query_differential COMMAND ${differential}/run.sh $<TARGET_FILE:jql_dump> ${CMAKE_BINARY_DIR}/query_differential)
set_tests_properties(query_differential PROPERTIES LABELS integration TIMEOUT 600 SKIP_RETURN_CODE 77)
