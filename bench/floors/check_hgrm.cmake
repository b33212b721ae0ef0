# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Fails unless the distribution that a mode writes has the form of HdrHistogram's percentile text, and its last lines agree
# with the JSON of the same run.
#   cmake -D PROGRAM=<kaelix-floors> -D FILE=<to write> -P check_hgrm.cmake

file(REMOVE ${FILE})
execute_process(COMMAND ${PROGRAM} ping-pong --seconds 0.05 --warmup 0.01 --hgrm ${FILE}
  OUTPUT_VARIABLE out COMMAND_ERROR_IS_FATAL ANY)
string(JSON samples GET ${out} samples)
string(JSON max GET ${out} max)
math(EXPR micros "${max} / 1000")
math(EXPR rest "${max} % 1000 + 1000")
string(SUBSTRING ${rest} 1 -1 thousandths)

file(READ ${FILE} text)
set(row " +[0-9]+\\.[0-9][0-9][0-9] 0\\.[0-9]+ +[0-9]+ +[0-9]+\\.[0-9][0-9]\n")
if(NOT text MATCHES "^ +Value +Percentile +TotalCount 1/\\(1-Percentile\\)\n\n${row}${row}")
  message(SEND_ERROR "not the usual beginning: ${text}")
endif()
if(NOT text MATCHES "\n +${micros}\\.${thousandths} 1\\.000000000000 +${samples}\n#\\[Mean ")
  message(SEND_ERROR "the last row is not ${micros}.${thousandths} of ${samples}: ${text}")
endif()
if(NOT text MATCHES "\n#\\[Max +=[^\n]*${micros}\\.${thousandths}, Total count += +${samples}\\]\n$")
  message(SEND_ERROR "not the usual end: ${text}")
endif()
