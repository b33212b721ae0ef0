# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Fails unless a bad command line is refused with status 2, nothing on stdout and one line on stderr that names the mistake.
#   cmake -D PROGRAM=<network-relay> -P check_usage.cmake

function(refuses expected)
  execute_process(COMMAND ${PROGRAM} ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT status EQUAL 2 OR NOT out STREQUAL "" OR NOT err MATCHES "^network-relay: [^\n]*${expected}[^\n]*\n$")
    message(SEND_ERROR "${ARGN}: status ${status}, stdout: ${out}, stderr: ${err}")
  endif()
endfunction()

refuses("give two network namespaces")
refuses("give two network namespaces" a)
refuses("c: there are two" a b c)
refuses("'../proc' is no name" ../proc b)
refuses("unknown option --lost" a b --lost 3)
refuses("--loss: its value is missing" a b --loss)
refuses("--loss 1001: give a whole number from 0 to 1000" a b --loss 1001)
refuses("--mtu 9k: give a whole number" a b --mtu 9k)
refuses("--queue 0: give a whole number" a b --queue 0)
refuses("--seed -1: give a whole number" a b --seed -1)
refuses("--cut-for nan: give seconds" a b --cut-after 1 --cut-for nan)
refuses("--cut-for is missing" a b --cut-at 5)
refuses("--cut-for needs" a b --cut-for 5)
refuses("exclude each other" a b --cut-at 5 --cut-after 5 --cut-for 5)
