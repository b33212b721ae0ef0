// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes on the command line: {@code 4096}, {@code 64k}, {@code 1m}, {@code 1g}; powers of 1024. */
final class ByteCount implements ITypeConverter<Integer> {

    @Override
    public Integer convert(final String text) {
        final Quantity quantity = Quantity.parse(text);
        final int shift = switch (quantity == null ? "?" : quantity.unit()) {
            case "" -> 0;
            case "k", "K" -> 10;
            case "m", "M" -> 20;
            case "g", "G" -> 30;
            default -> throw new TypeConversionException("'" + text + "' is not a number of bytes, such as 64, 64k, 1m or 1g");
        };
        if (quantity.value() > Integer.MAX_VALUE >> shift) {
            throw new TypeConversionException("'" + text + "' is too large, 1g is the most");
        }
        return (int) quantity.value() << shift;
    }
}
