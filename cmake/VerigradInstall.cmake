# What `cmake --install` places: the command, the libraries, the headers below include/verigrad, and
# the CMake package `verigrad` with a target verigrad::ROOM for each room.

include(CMakePackageConfigHelpers)

set(verigrad_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/verigrad)
set(verigrad_rooms engine proof expressions gradcheck reports runner properties)
list(TRANSFORM verigrad_rooms PREPEND verigrad_ OUTPUT_VARIABLE verigrad_libraries)
set(verigrad_linked "")
foreach(room library IN ZIP_LISTS verigrad_rooms verigrad_libraries)
  if(TARGET ${library})
    install(TARGETS ${library} EXPORT verigradTargets)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/${room}
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/verigrad
            FILES_MATCHING PATTERN "*.hpp"
            PATTERN "libtorch" EXCLUDE)
    get_target_property(linked ${library} INTERFACE_LINK_LIBRARIES)
    list(APPEND verigrad_linked ${linked})
  endif()
endforeach()

if(TARGET gradcheck)
  install(TARGETS gradcheck RUNTIME)
endif()

# The static libraries bring what they link, so that a user's project has to find the same packages.
set(VERIGRAD_DEPENDENCIES "")
string(REGEX REPLACE "\\$<BUILD_INTERFACE:[^>]*>" "" verigrad_linked "${verigrad_linked}")
foreach(dependency IN ITEMS
    "Threads::Threads=Threads" "Eigen3::Eigen=Eigen3 3.4" "fmt::fmt=fmt 9" "SLEEF::SLEEF=SLEEF" "Arb::Arb=Arb"
    "nlohmann_json::nlohmann_json=nlohmann_json 3" "pugixml::pugixml=pugixml"
    "CLI11::CLI11=CLI11 2" "rapidcheck=rapidcheck")
  string(REGEX MATCH "^([^=]+)=(.+)$" matched "${dependency}")
  set(target ${CMAKE_MATCH_1})
  set(package ${CMAKE_MATCH_2})
  if("${verigrad_linked}" MATCHES "${target}")
    string(APPEND VERIGRAD_DEPENDENCIES "find_dependency(${package})\n")
  endif()
endforeach()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/verigradConfig.cmake.in
  ${PROJECT_BINARY_DIR}/verigradConfig.cmake
  INSTALL_DESTINATION ${verigrad_package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/verigradConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT verigradTargets NAMESPACE verigrad:: DESTINATION ${verigrad_package_dir})
install(FILES
  ${PROJECT_BINARY_DIR}/verigradConfig.cmake
  ${PROJECT_BINARY_DIR}/verigradConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindArb.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindSLEEF.cmake
  DESTINATION ${verigrad_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
