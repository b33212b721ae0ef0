# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Fails unless a bad command line is refused with status 2, nothing on stdout and one line on stderr that names the mistake.
#   cmake -D PROGRAM=<kaelix-floors> -P check_usage.cmake

function(refuses expected)
  execute_process(COMMAND ${PROGRAM} ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT status EQUAL 2 OR NOT out STREQUAL "" OR NOT err MATCHES "^kaelix-floors: [^\n]*${expected}[^\n]*\n$")
    message(SEND_ERROR "${ARGN}: status ${status}, stdout: ${out}, stderr: ${err}")
  endif()
endfunction()

refuses("give a mode")
refuses("unknown mode rings" rings)
refuses("unknown option --paylod" ring --paylod 64)
refuses("--payload: its value is missing" ring --payload)
refuses("--payload 12: give a multiple of 8" ring --payload 12)
refuses("--payload 64k: give a whole number" ring --payload 64k)
refuses("--payload -8: give a whole number" ring --payload -8)
refuses("--payload 56: .* a quarter of --capacity 256" ring --payload 56 --capacity 256)
refuses("--capacity 1000: give a power of two" ring --capacity 1000)
refuses("--batch 0: give a whole number" ring --batch 0)
refuses("--seconds 0: give seconds" ring --seconds 0)
refuses("--warmup nan: give seconds" ring --warmup nan)
refuses("--cpus 0: give two numbers" ring --cpus 0)
refuses("--cpus 0,100000: .* CPU 100000" ring --cpus 0,100000)
refuses("--rate 100000000: .* messages" paced --rate 100000000 --seconds 60)
refuses("--hgrm: mode ring has no distribution" ring --hgrm never-written.hgrm)
refuses("--connections 0: give a whole number" tcp-connect --connections 0)
