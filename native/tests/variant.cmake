# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Builds the C layer in another way, in a directory of its own, and runs its tests there, or the fuzzer.
#   cmake -D VARIANT=<aarch64|asan|tsan|fuzz> -D SOURCE_DIR=<root> -D BINARY_DIR=<directory> -P variant.cmake
# Where the machine lacks a tool, says 'skipped: …', which ctest shows as skipped. The variable KAELIX_LONG of the
# environment, if true, has the fuzzer run for a minute.

set(options -D CMAKE_BUILD_TYPE=RelWithDebInfo)
set(target native_tests)
set(tests .) # a regular expression
set(without ^$) # another, of those that are left out

function(skip reason)
  message(STATUS "skipped: ${reason}")
endfunction()

if(VARIANT STREQUAL aarch64)
  find_program(compiler aarch64-linux-gnu-gcc)
  find_program(emulator NAMES qemu-aarch64-static qemu-aarch64)
  if(NOT compiler)
    skip("no cross compiler aarch64-linux-gnu-gcc")
    return()
  elseif(NOT emulator)
    skip("no emulator qemu-aarch64-static")
    return()
  endif()
  list(APPEND options -D CMAKE_SYSTEM_NAME=Linux -D CMAKE_SYSTEM_PROCESSOR=aarch64 -D CMAKE_C_COMPILER=${compiler}
    -D CMAKE_CROSSCOMPILING_EMULATOR=${emulator})
  set(ENV{QEMU_LD_PREFIX} /usr/aarch64-linux-gnu) # where the cross compiler's libc is
  set(without ^cgroup_test$) # the emulator answers madvise itself, and populates nothing that a limit could meet
elseif(VARIANT STREQUAL asan)
  list(APPEND options -D KAELIX_SANITIZE=address,undefined)
elseif(VARIANT STREQUAL tsan)
  list(APPEND options -D KAELIX_SANITIZE=thread)
  set(target dispatch_test) # the one with threads: the others would be slowed down for nothing
  set(tests "^dispatch_test")
elseif(VARIANT STREQUAL fuzz)
  find_program(compiler NAMES clang clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14)
  if(NOT compiler)
    skip("no clang, which has libFuzzer")
    return()
  endif()
  list(APPEND options -D CMAKE_C_COMPILER=${compiler} -D KAELIX_SANITIZE=address,undefined -D KAELIX_FUZZ=ON)
  set(target kernels_fuzz)
endif()

function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${VARIANT}: ${ARGN}: ${result}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# A sanitizer's runtime, or libFuzzer, may be a package of its own.
if(NOT VARIANT STREQUAL aarch64)
  file(MAKE_DIRECTORY ${BINARY_DIR})
  file(WRITE ${BINARY_DIR}/probe.c "int LLVMFuzzerTestOneInput(void) { return 0; }\n")
  if(VARIANT STREQUAL fuzz)
    set(probe ${compiler} -fsanitize=fuzzer,address,undefined)
  elseif(VARIANT STREQUAL asan)
    set(probe ${C_COMPILER} -shared -fPIC -fsanitize=address,undefined)
  else()
    set(probe ${C_COMPILER} -shared -fPIC -fsanitize=thread)
  endif()
  execute_process(COMMAND ${probe} ${BINARY_DIR}/probe.c -o ${BINARY_DIR}/probe RESULT_VARIABLE result
    OUTPUT_QUIET ERROR_QUIET)
  if(NOT result EQUAL 0)
    skip("the compiler lacks the runtime for '${VARIANT}'")
    return()
  endif()
endif()

run(${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${BINARY_DIR} ${options})
run(${CMAKE_COMMAND} --build ${BINARY_DIR} --target ${target} --parallel 2)
if(VARIANT STREQUAL fuzz)
  set(seconds 10)
  if("$ENV{KAELIX_LONG}" STREQUAL "true")
    set(seconds 60)
  endif()
  run(${BINARY_DIR}/native/fuzz/kernels_fuzz -max_total_time=${seconds} -max_len=1024 -len_control=0 -seed=1
    -artifact_prefix=${BINARY_DIR}/ -print_final_stats=1)
  string(REGEX MATCH "number_of_executed_units: [0-9]+" output "${output}")
else()
  run(${CMAKE_CTEST_COMMAND} --test-dir ${BINARY_DIR}/native --tests-regex ${tests} --exclude-regex ${without} --output-on-failure
    --no-tests=error --parallel 2)
  string(REGEX MATCH "[0-9]+% tests passed[^\n]*" output "${output}")
endif()
message(STATUS "${VARIANT}: ${output}")
