// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An amount of memory on the command line: {@code 512m}, {@code 8g}, {@code 1t}; powers of 1024. */
final class MemorySize implements ITypeConverter<Long> {

    private static final long LARGEST = 1L << 46;

    @Override
    public Long convert(final String text) {
        final Quantity quantity = Quantity.parse(text);
        final int shift = switch (quantity == null ? "?" : quantity.unit()) {
            case "" -> 0;
            case "k", "K" -> 10;
            case "m", "M" -> 20;
            case "g", "G" -> 30;
            case "t", "T" -> 40;
            default -> throw new TypeConversionException("'" + text + "' is not a number of bytes, such as 512m or 8g");
        };
        if (quantity.value() < 1 || quantity.value() > LARGEST >> shift) {
            throw new TypeConversionException("'" + text + "' is not from 1 to 64t");
        }
        return quantity.value() << shift;
    }
}
