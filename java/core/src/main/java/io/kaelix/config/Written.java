// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** What a TOML value is to a {@link ValueRule}. */
final class Written {

    /** A value that no key takes, by what it is. */
    record Kind(String text) {
    }

    private static final Kind TABLE = new Kind("a table");
    private static final Kind ARRAY = new Kind("an array");

    private Written() {
    }

    /** Numbers, truths and texts as they are, all else as a {@link Kind}: the parsed tree is never kept. */
    static Object of(final Object value) {
        return switch (value) {
            case Long number -> number;
            case Boolean truth -> truth;
            case String text -> text;
            case Double fraction -> fraction;
            case TomlTable table -> TABLE;
            case TomlArray array -> ARRAY;
            default -> new Kind("the date or time " + value);
        };
    }

    /** The elements of an array, each as above. */
    static List<Object> list(final TomlArray array) {
        final List<Object> elements = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            elements.add(of(array.get(i)));
        }
        return elements;
    }

    /** What code gave: whole numbers of all types as a {@link Long}, and nothing that can change later. */
    static Object ofCode(final Object value) {
        return switch (value) {
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Long number -> number;
            case BigInteger number when number.bitLength() < Long.SIZE -> number.longValue();
            case Float fraction -> fraction.doubleValue();
            case Double fraction -> fraction;
            case Boolean truth -> truth;
            case String text -> text;
            // May hold a null, which is told of when it is checked.
            case List<?> list -> Collections.unmodifiableList(new ArrayList<>(list));
            // What it says of itself is not asked for: it may change, or throw.
            default -> new Kind("a value of the type " + value.getClass().getName());
        };
    }
}
