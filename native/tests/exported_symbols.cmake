# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Fails unless the library exports exactly the functions that the header declares, and nothing in it names the directory
# that it was built from.
#   cmake -D NM=<nm> -D LIBRARY=<libkaelix.so> -D HEADER=<kaelix.h> -D SOURCE_DIR=<root> -P exported_symbols.cmake

file(STRINGS ${HEADER} declarations REGEX "^[a-z0-9_]+ \\**kaelix_[a-z0-9_]+\\(")
set(declared)
foreach(declaration IN LISTS declarations)
  string(REGEX REPLACE "^[a-z0-9_]+ \\**(kaelix_[a-z0-9_]+)\\(.*" "\\1" name "${declaration}")
  list(APPEND declared ${name})
endforeach()

execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" lines "${listing}")
set(exported)
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^[0-9a-f]+ [A-Za-z] ([^@]+).*" "\\1" name "${line}")
  if(NOT name STREQUAL "KAELIX_1") # the version node itself
    list(APPEND exported ${name})
  endif()
endforeach()

list(SORT declared)
list(SORT exported)
if(NOT declared)
  message(FATAL_ERROR "no declaration found in ${HEADER}")
endif()
if(NOT declared STREQUAL exported)
  message(FATAL_ERROR "declared: ${declared}\nexported: ${exported}")
endif()

file(STRINGS ${LIBRARY} paths REGEX "${SOURCE_DIR}/")
if(paths)
  message(FATAL_ERROR "the library names the directory it was built from: ${paths}")
endif()
