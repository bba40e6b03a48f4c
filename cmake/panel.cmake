# gatehouse_embed_panel(target): the admin panel of web/, built by npm's packages, into the binary as one generated source. That is a
# library of its own, which waits for no other one: the panel is built while the rest is compiled.
#
# Everything happens in the build folder: web/ holds sources alone. The tables of operations (catalogue/) are read too: the page where
# credentials are made finds scopes in them. Node itself is one of the packages (Debian 12 has one that is too old for Vite), so that
# nothing but npm is needed. An unchanged panel costs nothing: the packages are installed again when the lock file changes, the panel is
# built again when one of its files does. The source goes in as string literals, which ccache sees.
function(gatehouse_embed_panel target)
  set(from ${CMAKE_SOURCE_DIR}/web)
  set(at ${CMAKE_BINARY_DIR}/web)
  set(source ${CMAKE_BINARY_DIR}/generated/panel_assets.cpp)
  file(GLOB tables CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/catalogue/*.ops ${CMAKE_SOURCE_DIR}/catalogue/*.roles)
  find_program(NPM npm REQUIRED)
  file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${from}/src/*)
  file(GLOB scripts CONFIGURE_DEPENDS ${from}/scripts/*)
  list(APPEND inputs ${scripts} ${from}/index.html ${from}/openapi.json ${from}/tsconfig.json ${from}/vite.config.ts)
  add_custom_command(OUTPUT ${at}/packages.stamp
    COMMAND ${CMAKE_COMMAND} -E make_directory ${at}
    COMMAND ${CMAKE_COMMAND} -E copy ${from}/package.json ${from}/package-lock.json ${at}
    COMMAND ${NPM} ci --ignore-scripts --no-fund --no-audit --prefer-offline --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch packages.stamp
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/web
    DEPENDS ${from}/package.json ${from}/package-lock.json
    COMMENT "Installing the packages that build the panel" VERBATIM)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${at}/src ${at}/scripts ${at}/dist ${at}/catalogue
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${from}/src ${at}/src
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${from}/scripts ${at}/scripts
    COMMAND ${CMAKE_COMMAND} -E make_directory ${at}/catalogue
    COMMAND ${CMAKE_COMMAND} -E copy ${tables} ${at}/catalogue
    COMMAND ${CMAKE_COMMAND} -E copy ${from}/index.html ${from}/openapi.json ${from}/tsconfig.json ${from}/vite.config.ts ${at}
    COMMAND node_modules/.bin/node scripts/build.mjs ${source}
    WORKING_DIRECTORY ${at}
    DEPENDS ${at}/packages.stamp ${inputs} ${tables}
    COMMENT "Building the panel" VERBATIM)
  file(MAKE_DIRECTORY ${at})
  add_library(gh_panel STATIC ${source})
  target_include_directories(gh_panel PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(gh_panel PRIVATE gatehouse_options)
  target_link_libraries(${target} PUBLIC gh_panel)
endfunction()
