// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A duration on the command line: {@code 500ms}, {@code 10s}, {@code 2m}. */
final class DurationText implements ITypeConverter<Duration> {

    private static final Duration MAX = Duration.ofDays(1);

    @Override
    public Duration convert(final String text) {
        final Quantity quantity = Quantity.parse(text);
        final Duration unit = switch (quantity == null ? "?" : quantity.unit()) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> throw new TypeConversionException("'" + text + "' is not a duration, such as 500ms, 10s or 2m");
        };
        if (quantity.value() < 1 || quantity.value() > MAX.dividedBy(unit)) {
            throw new TypeConversionException("'" + text + "' is out of range: from 1ms to 1440m");
        }
        return unit.multipliedBy(quantity.value());
    }
}
