// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.top.SortKey;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What rows are sorted by, on the command line. */
final class SortName implements ITypeConverter<SortKey> {

    @Override
    public SortKey convert(final String text) {
        final SortKey key = SortKey.ofLabel(text);
        if (key == null) {
            throw new TypeConversionException("'" + text + "' is nothing to sort by; there are " + SortKey.labels());
        }
        return key;
    }
}
