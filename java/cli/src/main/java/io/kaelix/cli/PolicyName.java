// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.SlowSubscriberPolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what happens to a subscriber that is slow: {@code lossy}. */
final class PolicyName implements ITypeConverter<SlowSubscriberPolicy> {

    @Override
    public SlowSubscriberPolicy convert(final String text) {
        return Arrays.stream(SlowSubscriberPolicy.values()).filter(policy -> name(policy).equals(text)).findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no policy; there are "
                        + Arrays.stream(SlowSubscriberPolicy.values()).map(PolicyName::name).collect(Collectors.joining(", "))));
    }

    private static String name(final SlowSubscriberPolicy policy) {
        return policy.name().toLowerCase(Locale.ROOT);
    }
}
