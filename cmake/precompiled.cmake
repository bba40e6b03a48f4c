# gatehouse_precompile(target hot|cold|test): the target's sources start from headers that were parsed once.
#
# Parsing takes more of a build than anything else here (measured in CONTRIBUTING.md). Off in `dev`, whose objects ccache shares
# between build folders: it can't do so with precompiled headers.
option(GATEHOUSE_PCH "Parse the standard library and Boost.JSON once for each kind of target" OFF)

function(gatehouse_precompile target kind)
  if(NOT GATEHOUSE_PCH)
    return()
  endif()
  set(source gatehouse_pch_${kind})
  if(NOT TARGET ${source})
    set(empty ${CMAKE_BINARY_DIR}/generated/${source}.cpp)
    file(CONFIGURE OUTPUT ${empty} CONTENT "// Only its precompiled header is used.\n")
    add_library(${source} OBJECT ${empty})
    target_link_libraries(${source} PRIVATE gatehouse_options)
    if(kind STREQUAL "cold")
      gatehouse_optimize_less(${source})
    endif()
    if(kind STREQUAL "test")
      target_link_libraries(${source} PRIVATE rapidcheck GTest::gmock)
      target_precompile_headers(${source} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled_test.h)
    else()
      target_precompile_headers(${source} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${source})
endfunction()

# What no request passes through is optimized less: it takes a sixth off the time to compile it.
function(gatehouse_optimize_less target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
