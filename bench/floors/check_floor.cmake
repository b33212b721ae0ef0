# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Fails unless a mode exits with 0, writes nothing on stderr and one line of JSON on stdout, and each of FIGURES in it (a
# path with dots) is a positive number; checksumOk has to be true.
#   cmake -D PROGRAM=<kaelix-floors> -D ARGUMENTS=<mode;options> -D FIGURES=<names> -P check_floor.cmake

execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT status EQUAL 0 OR NOT err STREQUAL "")
  message(FATAL_ERROR "status ${status}, stderr: ${err}, stdout: ${out}")
endif()
if(NOT out MATCHES "^[^\n]+\n$")
  message(FATAL_ERROR "not one line: ${out}")
endif()

list(GET ARGUMENTS 0 mode)
string(JSON named GET ${out} mode)
if(NOT named STREQUAL mode)
  message(FATAL_ERROR "not the mode ${mode}: ${out}")
endif()
foreach(figure IN LISTS FIGURES)
  string(REPLACE "." ";" path ${figure})
  string(JSON value GET ${out} ${path})
  if(figure STREQUAL checksumOk)
    if(NOT value)
      message(FATAL_ERROR "changed on the way: ${out}")
    endif()
  elseif(NOT value MATCHES "^[0-9.]+$" OR NOT value GREATER 0)
    message(FATAL_ERROR "${figure} is ${value}: ${out}")
  endif()
endforeach()
