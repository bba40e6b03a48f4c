# Every third-party library in one place, all from Debian 12.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED COMPONENTS system json url)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(YAMLCPP REQUIRED IMPORTED_TARGET yaml-cpp)

add_library(gatehouse_json INTERFACE)
target_link_libraries(gatehouse_json INTERFACE Boost::json Boost::url)

# Asio and Beast are compiled once, in third_party_*.cpp: see docs on build time in CONTRIBUTING.md.
add_library(gatehouse_asio STATIC cmake/third_party_asio.cpp)
target_compile_definitions(gatehouse_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(gatehouse_asio PUBLIC Boost::system OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
add_library(gatehouse_beast STATIC cmake/third_party_beast.cpp)
target_compile_definitions(gatehouse_beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(gatehouse_beast PUBLIC gatehouse_asio)

add_library(gatehouse_soci INTERFACE)
target_link_libraries(gatehouse_soci INTERFACE soci_core soci_sqlite3 soci_postgresql PkgConfig::SQLITE PkgConfig::PQ)
target_include_directories(gatehouse_soci SYSTEM INTERFACE ${PQ_INCLUDE_DIRS})
