// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.Objects;

/**
 * Where a value came from. Compact: a configuration keeps one for each key.
 *
 * @param layer the highest that sets it
 * @param source name of the file, of the variable, or of the profile; empty for defaults and code
 * @param line in the file, from 1; 0 if there is none
 * @param column in the line, from 1; 0 if there is none
 * @param reason why the value is another than the layer has, as where a profile asks for more workers than there are CPUs; else empty
 */
public record Origin(Layer layer, String source, int line, int column, String reason) {

    static final Origin PRESET = new Origin(Layer.DEFAULT, "", 0, 0, "");

    static final Origin IN_CODE = new Origin(Layer.CODE, "", 0, 0, "");

    /** In the order in which each is laid over those before. */
    public enum Layer {
        /** What a key is without being set. */
        DEFAULT,
        /** What the profile has. */
        PROFILE,
        /** What the file says. */
        FILE,
        /** What a variable says. */
        ENVIRONMENT,
        /** What the program says. */
        CODE
    }

    /** Nothing of it may be null. */
    public Origin {
        Objects.requireNonNull(layer, "layer");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * In a few words: {@code kaelix.toml:3:5}, {@code KAELIX_RUNTIME_PINNED}, {@code profile low-latency}, {@code code} or {@code default}.
     */
    public String where() {
        return switch (layer) {
            case DEFAULT -> "default";
            case PROFILE -> "profile " + source;
            case FILE -> Shown.path(source) + ':' + line + ':' + column;
            case ENVIRONMENT -> source;
            case CODE -> "code";
        };
    }

    /** {@link #where()}, with the reason if there is one. */
    @Override
    public String toString() {
        return reason.isEmpty() ? where() : where() + " (" + reason + ')';
    }
}
