# cmake -DBUILD=… -DPREFIX=… -DCOMMAND=… -P place.cmake
# installs into an empty folder; where the command was built, asks the installed one its version.
file(REMOVE_RECURSE ${PREFIX})
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}
  COMMAND_ERROR_IS_FATAL ANY)
if(COMMAND)
  execute_process(COMMAND ${PREFIX}/${COMMAND} --version COMMAND_ERROR_IS_FATAL ANY)
endif()
