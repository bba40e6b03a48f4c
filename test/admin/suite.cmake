# The use cases, the REST API and the command line are tested on a real SQLite and against the sandbox site.
foreach(name admin api cli)
  if(TARGET test_${name})
    target_sources(test_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/support/world.cpp)
    gatehouse_link(test_${name} api sandbox)
  endif()
endforeach()
# Issuers that answer what a test says.
if(TARGET test_admin)
  target_sources(test_admin PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/http/support.cpp)
endif()
