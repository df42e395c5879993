# Looks for the libraries that Verigrad is measured against, each as one interface target. None is
# required. Debian's CMake packages of LibTorch and Sacado name files that other packages bring, so
# that the headers and libraries are looked for themselves.
#
#   verigrad::libtorch (libtorch-dev), verigrad::adolc (libadolc-dev),
#   verigrad::sacado (libtrilinos-sacado-dev)

include(CheckCXXSourceCompiles)

# verigrad_peer(NAME HEADER header [SUFFIXES …] [DEFINITIONS …] LIBRARIES …)
function(verigrad_peer name)
  cmake_parse_arguments(PEER "" "HEADER" "SUFFIXES;DEFINITIONS;LIBRARIES" ${ARGN})
  find_path(VERIGRAD_${name}_INCLUDE_DIR NAMES ${PEER_HEADER} PATH_SUFFIXES ${PEER_SUFFIXES})
  mark_as_advanced(VERIGRAD_${name}_INCLUDE_DIR)
  set(wanted VERIGRAD_${name}_INCLUDE_DIR)
  foreach(library IN LISTS PEER_LIBRARIES)
    find_library(VERIGRAD_${name}_${library} NAMES ${library})
    mark_as_advanced(VERIGRAD_${name}_${library})
    list(APPEND wanted VERIGRAD_${name}_${library})
  endforeach()
  foreach(variable IN LISTS wanted)
    if(NOT ${variable})
      message(STATUS "Peers: ${name} not found")
      return()
    endif()
  endforeach()

  # clang cannot compile every library's headers as C++20: LibTorch 1.13's hold vectors of incomplete
  # types.
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(CMAKE_REQUIRED_INCLUDES ${VERIGRAD_${name}_INCLUDE_DIR})
    set(CMAKE_REQUIRED_FLAGS -std=c++20)
    list(TRANSFORM PEER_DEFINITIONS PREPEND -D OUTPUT_VARIABLE CMAKE_REQUIRED_DEFINITIONS)
    set(CMAKE_REQUIRED_QUIET TRUE)
    check_cxx_source_compiles("#include <${PEER_HEADER}>\nint main() {}" VERIGRAD_${name}_COMPILES)
    if(NOT VERIGRAD_${name}_COMPILES)
      message(STATUS "Peers: ${name} found, but this compiler does not take its headers")
      return()
    endif()
  endif()

  message(STATUS "Peers: ${name} found")
  add_library(verigrad_${name} INTERFACE)
  add_library(verigrad::${name} ALIAS verigrad_${name})
  target_include_directories(verigrad_${name} SYSTEM INTERFACE ${VERIGRAD_${name}_INCLUDE_DIR})
  target_compile_definitions(verigrad_${name} INTERFACE ${PEER_DEFINITIONS})
  foreach(library IN LISTS PEER_LIBRARIES)
    target_link_libraries(verigrad_${name} INTERFACE ${VERIGRAD_${name}_${library}})
  endforeach()
endfunction()

verigrad_peer(libtorch
  HEADER torch/torch.h SUFFIXES torch/csrc/api/include
  LIBRARIES torch torch_cpu c10)
verigrad_peer(adolc HEADER adolc/adolc.h LIBRARIES adolc)
# The headers alone, without the parts that need Kokkos.
verigrad_peer(sacado
  HEADER Sacado_trad.hpp SUFFIXES trilinos
  DEFINITIONS TRILINOS_NO_CONFIG_H)
