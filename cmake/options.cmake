# Warnings, hardening and sanitizers for every target of the project.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
add_library(gatehouse_options INTERFACE)
target_compile_options(gatehouse_options INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough
  -Werror=switch -Werror=unused-result -Werror=return-type
  -fno-omit-frame-pointer -fstack-protector-strong)
# Lines for sanitizers and profilers. They cost a twelfth of the time of a build, and nobody reads them in the release program.
if(GATEHOUSE_TESTS OR GATEHOUSE_BENCH OR GATEHOUSE_FUZZ)
  target_compile_options(gatehouse_options INTERFACE -g1)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT GATEHOUSE_SANITIZE)
  target_compile_options(gatehouse_options INTERFACE -D_FORTIFY_SOURCE=2)
endif()
set(GATEHOUSE_SANITIZE "" CACHE STRING "Comma-separated sanitizers, such as address,undefined")
if(GATEHOUSE_SANITIZE)
  add_compile_options(-fsanitize=${GATEHOUSE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GATEHOUSE_SANITIZE})
  if(GATEHOUSE_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Each start of a sanitized program that may lie anywhere relocates its hundreds of megabytes: that was half of the CPU time of
    # each command of the end-to-end tests. gold links these programs in two fifths of the time of ld.
    add_link_options(-no-pie -fuse-ld=gold)
  endif()
endif()
if(GATEHOUSE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
if(GATEHOUSE_DISABLED_CHECK)
  add_compile_definitions(GATEHOUSE_DISABLED_CHECK="${GATEHOUSE_DISABLED_CHECK}")
endif()
