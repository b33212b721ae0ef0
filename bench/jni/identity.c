/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * identity.c - the empty function that DowncallBenchmark calls, and the shim that JNI needs in front of it.
 */
#include <jni.h>
#include <stdint.h>

/* Nothing to do, and an argument to give back, so that a benchmark can tell that it was called. */
__attribute__((visibility("default"))) int64_t kaelix_bench_identity(int64_t value);

int64_t kaelix_bench_identity(int64_t value) {
    return value;
}

/* Of io.kaelix.bench.jmh.IdentityFunction. The call is one through the linkage table, as to any other library. */
JNIEXPORT jlong JNICALL Java_io_kaelix_bench_jmh_IdentityFunction_jni(JNIEnv *environment, jclass owner, jlong value);

JNIEXPORT jlong JNICALL Java_io_kaelix_bench_jmh_IdentityFunction_jni(JNIEnv *environment, jclass owner, jlong value) {
    (void) environment;
    (void) owner;
    return kaelix_bench_identity(value);
}
