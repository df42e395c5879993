# Looks for the libraries that Verigrad is measured against, each as one interface target. None is
# required. Debian's CMake packages of LibTorch and Sacado name files that other packages bring, so
# that the headers and libraries are looked for themselves.
#
#   verigrad::libtorch (libtorch-dev), verigrad::adolc (libadolc-dev),
#   verigrad::sacado (libtrilinos-sacado-dev)

# verigrad_peer(NAME HEADER header [SUFFIXES …] LIBRARIES …)
function(verigrad_peer name)
  cmake_parse_arguments(PEER "" "HEADER" "SUFFIXES;LIBRARIES" ${ARGN})
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
      message(STATUS "Benchmarks: ${name} not found")
      return()
    endif()
  endforeach()

  message(STATUS "Benchmarks: ${name} found")
  add_library(verigrad_${name} INTERFACE)
  add_library(verigrad::${name} ALIAS verigrad_${name})
  target_include_directories(verigrad_${name} SYSTEM INTERFACE ${VERIGRAD_${name}_INCLUDE_DIR})
  foreach(library IN LISTS PEER_LIBRARIES)
    target_link_libraries(verigrad_${name} INTERFACE ${VERIGRAD_${name}_${library}})
  endforeach()
endfunction()

verigrad_peer(libtorch
  HEADER torch/torch.h SUFFIXES torch/csrc/api/include
  LIBRARIES torch torch_cpu c10)
verigrad_peer(adolc HEADER adolc/adolc.h LIBRARIES adolc)
verigrad_peer(sacado HEADER Sacado_trad.hpp SUFFIXES trilinos)
if(TARGET verigrad_sacado)
  # The headers alone, without the parts that need Kokkos.
  target_compile_definitions(verigrad_sacado INTERFACE TRILINOS_NO_CONFIG_H)
endif()
