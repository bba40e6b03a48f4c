# The pages are tested on a real SQLite, with a browser and an authenticator that are written here.
if(TARGET test_web)
  target_sources(test_web PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/support/world.cpp)
  gatehouse_link(test_web sandbox)
  find_package(ZLIB REQUIRED)
  target_link_libraries(test_web PRIVATE ZLIB::ZLIB)
endif()
