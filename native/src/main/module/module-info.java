/**
 * Holds {@code libkaelix} as a resource, {@code META-INF/native/<os>-<arch>/libkaelix.so}, and no code.
 *
 * <p>A named module, so that whoever requires {@code io.kaelix} on the module path has the library resolved with it.
 */
module io.kaelix.natives {
}
