# Ladders, messages and deliveries are tested on a real SQLite, with a clock that is moved by hand.
if(TARGET test_lifecycle)
  target_sources(test_lifecycle PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/support/world.cpp)
  gatehouse_link(test_lifecycle lifecycle sandbox)
endif()
