# The authorization server is tested on a real SQLite and against the sandbox.
target_sources(test_oauth PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/support/world.cpp)
gatehouse_link(test_oauth api sandbox)
