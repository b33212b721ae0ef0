# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Fails unless two threads on one CPU take turns, and say that they had to.
#   cmake -D PROGRAM=<kaelix-floors> -P check_one_cpu.cmake

execute_process(COMMAND ${PROGRAM} gaps --seconds 0.01 OUTPUT_VARIABLE out COMMAND_ERROR_IS_FATAL ANY)
string(JSON cpu GET ${out} cpus 0)
foreach(mode handoff ring ping-pong paced tasks gaps memcpy tcp-ping-pong tcp-bulk tcp-stream tcp-connect)
  execute_process(COMMAND ${PROGRAM} ${mode} --cpus ${cpu},${cpu} --seconds 0.05 --warmup 0.01 --rate 10000
    OUTPUT_VARIABLE out COMMAND_ERROR_IS_FATAL ANY)
  string(JSON shared GET ${out} cpusShared)
  if(NOT shared)
    message(SEND_ERROR "${mode} took one CPU for two: ${out}")
  endif()
endforeach()
