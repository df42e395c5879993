# One flag set for every target: reproducible floating point, warnings as errors in our own builds.

add_library(verigrad_options INTERFACE)
target_compile_features(verigrad_options INTERFACE cxx_std_20)
target_compile_options(verigrad_options INTERFACE -ffp-contract=off)
if(VERIGRAD_NATIVE)
  target_compile_options(verigrad_options INTERFACE -march=native)
endif()
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(verigrad_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  # g++ 12 warns without cause inside its own headers: of AVX-512 intrinsics (GCC bug 105593), of
  # std::regex under sanitizers (105562), of std::string's concatenation under sanitizers and at -O3
  # (105329, 105651), and of std::vector's copies at -O3.
  target_compile_options(verigrad_options INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-stringop-overflow>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
endif()

# verigrad_room(NAME SOURCES … [DEPENDS verigrad::engine …] [PRIVATE_DEPENDS …])
# makes the library verigrad::NAME from the sources in the current folder.
function(verigrad_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;PRECOMPILE" ${ARGN})
  add_library(verigrad_${name} STATIC ${ROOM_SOURCES})
  add_library(verigrad::${name} ALIAS verigrad_${name})
  set_target_properties(verigrad_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(verigrad_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/verigrad>)
  target_compile_features(verigrad_${name} PUBLIC cxx_std_20)
  target_link_libraries(verigrad_${name}
    PUBLIC ${ROOM_DEPENDS}
    PRIVATE $<BUILD_INTERFACE:verigrad_options> ${ROOM_PRIVATE_DEPENDS})
  if(ROOM_PRECOMPILE)
    target_precompile_headers(verigrad_${name} PRIVATE ${ROOM_PRECOMPILE})
  endif()
endfunction()

# verigrad_test(NAME SOURCES … DEPENDS …) makes the test program test_NAME; ctest sees each of its tests.
function(verigrad_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(test_${name} ${TEST_SOURCES})
  target_link_libraries(test_${name} PRIVATE
    verigrad_options ${TEST_DEPENDS} GTest::gmock GTest::gtest_main)
  # The tests' own code need not be fast, and compiles in half the time so.
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_precompile_headers(test_${name} PRIVATE
    <gtest/gtest.h> <gmock/gmock.h> <string> <vector> <cmath>)
  target_compile_definitions(test_${name} PRIVATE
    VERIGRAD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(test_${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()
