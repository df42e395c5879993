# Finds Arb (libflint-arb-dev) and the FLINT that it stands on; makes the imported target Arb::Arb.
#
#   Arb_FOUND, Arb_VERSION
#
# arb.h lies in the default include folder or below flint/; its own headers include FLINT's as
# "fmpz.h", so that FLINT's folder has to be on the include path as well.

find_path(Arb_INCLUDE_DIR NAMES arb.h PATH_SUFFIXES flint)
find_path(Arb_FLINT_INCLUDE_DIR NAMES fmpz.h PATH_SUFFIXES flint)
find_library(Arb_LIBRARY NAMES flint-arb arb)
find_library(Arb_FLINT_LIBRARY NAMES flint)
# The headers' inline functions call GMP themselves.
find_library(Arb_GMP_LIBRARY NAMES gmp)

if(Arb_INCLUDE_DIR AND EXISTS "${Arb_INCLUDE_DIR}/arb.h")
  file(STRINGS "${Arb_INCLUDE_DIR}/arb.h" Arb_version_line REGEX "^#define ARB_VERSION ")
  string(REGEX MATCH "[0-9.]+" Arb_VERSION "${Arb_version_line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Arb
  REQUIRED_VARS Arb_LIBRARY Arb_FLINT_LIBRARY Arb_GMP_LIBRARY Arb_INCLUDE_DIR Arb_FLINT_INCLUDE_DIR
  VERSION_VAR Arb_VERSION)

if(Arb_FOUND AND NOT TARGET Arb::Arb)
  add_library(Arb::Arb UNKNOWN IMPORTED)
  set_target_properties(Arb::Arb PROPERTIES
    IMPORTED_LOCATION "${Arb_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Arb_INCLUDE_DIR};${Arb_FLINT_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${Arb_FLINT_LIBRARY};${Arb_GMP_LIBRARY}")
endif()
mark_as_advanced(Arb_INCLUDE_DIR Arb_FLINT_INCLUDE_DIR Arb_LIBRARY Arb_FLINT_LIBRARY
  Arb_GMP_LIBRARY)
