// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

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

    /** What code gave: numbers of all lengths as a {@link Long}. */
    static Object ofCode(final Object value) {
        return switch (value) {
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Float fraction -> fraction.doubleValue();
            case List<?> list -> List.copyOf(list);
            default -> value;
        };
    }
}
