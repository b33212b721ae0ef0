// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.ListenConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.config.ConfigKey.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What values a key takes: turns what was written into the value, or says what is wrong with it.
 *
 * <p>Written values are {@link Long}, {@link Boolean} and {@link String}; anything else is of a wrong type.
 */
abstract class ValueRule {

    private static final String CHANNEL = "aeron:";
    private static final int LONGEST_CHANNEL = 4096;

    private final Type type;
    private final String allowed;

    private ValueRule(final Type type, final String allowed) {
        this.type = type;
        this.allowed = allowed;
    }

    /** What is wrong with a value, to come behind 'must be …'. */
    record Refusal(String text) {
    }

    /** A whole number of this range. */
    static ValueRule whole(final long least, final long most) {
        return new Whole(Type.INTEGER, least, most, false, false, "a whole number from " + least + " to " + most);
    }

    /** A power of two of this range. */
    static ValueRule power(final long least, final long most) {
        return new Whole(Type.INTEGER, least, most, true, false, "a power of two from " + least + " to " + most);
    }

    /** Bytes of this range. */
    static ValueRule size(final long least, final long most, final boolean power) {
        return new Whole(Type.SIZE, least, most, power, false,
                (power ? "a power of two" : "a number of bytes") + " from " + ByteSize.text(least) + " to " + ByteSize.text(most));
    }

    /** Bytes of this range, or 0. */
    static ValueRule sizeOrNone(final long least, final long most) {
        return new Whole(Type.SIZE, least, most, false, true,
                "0 or a number of bytes from " + ByteSize.text(least) + " to " + ByteSize.text(most));
    }

    /** True or false. */
    static ValueRule truth() {
        return new ValueRule(Type.BOOLEAN, "true or false") {
            @Override
            Object value(final Object written) {
                return written instanceof Boolean ? written : refuse(written);
            }

            @Override
            Object parse(final String text) {
                return switch (text) {
                    case "true" -> Boolean.TRUE;
                    case "false" -> Boolean.FALSE;
                    default -> refuse(text);
                };
            }
        };
    }

    /** One of these. */
    static ValueRule choice(final String... labels) {
        // Those of the list are handed out, so that no configuration keeps a text of its own.
        final Map<String, String> known = new HashMap<>();
        for (final String label : labels) {
            known.put(label, label);
        }
        return new ValueRule(Type.CHOICE, "one of " + Arrays.stream(labels).map(Shown::quoted).collect(Collectors.joining(", "))) {
            @Override
            Object value(final Object written) {
                final Object found = written instanceof String text ? known.get(text) : null;
                if (found != null) {
                    return found;
                }
                final String near = written instanceof String text ? Nearest.of(text, List.of(labels)) : null;
                return near == null ? refuse(written) : new Refusal(allowed() + ", not " + Shown.value(written)
                        + "; did you mean " + Shown.quoted(near) + '?');
            }
        };
    }

    /** A text of so many characters, none of which is a control character. */
    static ValueRule text(final int least, final int most) {
        return new ValueRule(Type.TEXT, "a text of " + (least == 0 ? "at most " : least + " to ") + most
                + " characters, without control characters") {
            @Override
            Object value(final Object written) {
                return written instanceof String text && text.length() >= least && text.length() <= most
                        && text.chars().noneMatch(Character::isISOControl)
                        ? written : refuse(written);
            }
        };
    }

    /** Hosts with ports, each of which is there once. */
    static ValueRule addresses() {
        return new Texts("a list of hosts with ports, as [\"127.0.0.1:7878\", \"[::1]:7878\"]", ListenConfig::on);
    }

    /** Rules of topics. */
    static ValueRule rules() {
        return new Texts("a list of rules, as [\"allow alice publish orders.>\", \"deny * subscribe secret.*\", \"allow * both >\"]",
                NetworkConfig::rule);
    }

    /** The name of a topic. */
    static ValueRule topicName() {
        return new Checked("the name of a topic: tokens of letters, digits, '-' and '_', separated by single dots", Topic::of);
    }

    /** A pattern of topics. */
    static ValueRule pattern() {
        return new Checked("a pattern of topics, as \"orders.>\"", TopicPattern::of);
    }

    /** An Aeron channel, or, if that may be, nothing. Aeron itself says whether it is a good one. */
    static ValueRule channel(final boolean orNone) {
        return new ValueRule(Type.TEXT, (orNone ? "\"\" or " : "") + "an Aeron channel, as \"aeron:udp?endpoint=10.0.0.5:7100\"") {
            @Override
            Object value(final Object written) {
                return written instanceof String text && (orNone && text.isEmpty() || text.startsWith(CHANNEL)
                        && text.length() <= LONGEST_CHANNEL && text.chars().noneMatch(Character::isISOControl)) ? written : refuse(written);
            }
        };
    }

    /** A list of bridges, as code gives them; those of a file are put together key by key. */
    static ValueRule bridges() {
        return new ValueRule(Type.BRIDGES, "bridges, each below [bridge.NAME]") {
            @Override
            Object value(final Object written) {
                if (!(written instanceof List<?> list)) {
                    return refuse(written);
                }
                final List<BridgeConfig> bridges = new ArrayList<>();
                for (final Object element : list) {
                    if (!(element instanceof BridgeConfig bridge)) {
                        return new Refusal("a list of BridgeConfig, not of " + Shown.value(element));
                    }
                    if (bridges.stream().anyMatch(other -> other.name().equals(bridge.name()))) {
                        return new Refusal("bridges of different names: " + Shown.quoted(bridge.name()) + " is there twice");
                    }
                    bridges.add(bridge);
                }
                return List.copyOf(bridges);
            }
        };
    }

    /** A list of topics, as code gives them; those of a file are put together key by key. */
    static ValueRule topics() {
        return new ValueRule(Type.TOPICS, "topics, each below [[streams.topic]]") {
            @Override
            Object value(final Object written) {
                if (!(written instanceof List<?> list)) {
                    return refuse(written);
                }
                final List<TopicConfig> topics = new ArrayList<>();
                for (final Object element : list) {
                    if (!(element instanceof TopicConfig topic)) {
                        return new Refusal("a list of TopicConfig, not of " + Shown.value(element));
                    }
                    if (topics.stream().anyMatch(other -> other.name().equals(topic.name()))) {
                        return new Refusal("topics of different names: " + Shown.quoted(topic.name().name()) + " is there twice");
                    }
                    topics.add(topic);
                }
                return List.copyOf(topics);
            }
        };
    }

    /** What it takes. */
    final Type type() {
        return type;
    }

    /** What it takes, in words. */
    final String allowed() {
        return allowed;
    }

    /** The value of what a file or code says, or a {@link Refusal}. */
    abstract Object value(Object written);

    /** The value of a text that stands for it where there are only texts, or a {@link Refusal}. */
    Object parse(final String text) {
        return value(text);
    }

    final Refusal refuse(final Object written) {
        return new Refusal(allowed + ", not " + Shown.value(written));
    }

    /** Texts, each of which says something. */
    private static final class Checked extends ValueRule {

        private final Consumer<String> check;

        /** @param check throws an IllegalArgumentException with what is wrong */
        Checked(final String allowed, final Consumer<String> check) {
            super(Type.TEXT, allowed);
            this.check = check;
        }

        @Override
        Object value(final Object written) {
            if (!(written instanceof String text)) {
                return refuse(written);
            }
            try {
                check.accept(text);
                return text;
            } catch (final IllegalArgumentException e) {
                return new Refusal(allowed() + ": " + Shown.plain(e.getMessage(), 300));
            }
        }
    }

    /** Lists of texts, each of which says something. */
    private static final class Texts extends ValueRule {

        private final Consumer<String> check;

        /** @param check throws an IllegalArgumentException with what is wrong */
        Texts(final String allowed, final Consumer<String> check) {
            super(Type.TEXTS, allowed);
            this.check = check;
        }

        @Override
        Object value(final Object written) {
            if (!(written instanceof List<?> list)) {
                return refuse(written);
            }
            final List<String> texts = new ArrayList<>();
            for (final Object element : list) {
                if (!(element instanceof String text)) {
                    return new Refusal(allowed() + ", not a list with " + Shown.value(element));
                }
                if (texts.contains(text)) {
                    return new Refusal(allowed() + "; " + Shown.quoted(text) + " is there twice");
                }
                try {
                    check.accept(text);
                } catch (final IllegalArgumentException e) {
                    return new Refusal(allowed() + "; " + Shown.quoted(text) + ": " + Shown.plain(e.getMessage(), 300));
                }
                texts.add(text);
            }
            return List.copyOf(texts);
        }

        @Override
        Object parse(final String text) {
            return value(text.isBlank() ? List.of() : Arrays.stream(text.split(",", -1)).map(String::strip).toList());
        }
    }

    /** Numbers and sizes. */
    private static final class Whole extends ValueRule {

        private final long least;
        private final long most;
        private final boolean power;
        private final boolean orNone;

        Whole(final Type type, final long least, final long most, final boolean power, final boolean orNone, final String allowed) {
            super(type, allowed);
            this.least = least;
            this.most = most;
            this.power = power;
            this.orNone = orNone;
        }

        @Override
        Object value(final Object written) {
            if (written instanceof Long number) {
                final long value = number;
                final boolean good = value >= least && value <= most && (!power || Long.bitCount(value) == 1) || orNone && value == 0;
                return good ? number : refuse(written);
            }
            if (type() == Type.SIZE && written instanceof String text) {
                final long bytes = ByteSize.parse(text);
                if (bytes < 0) {
                    return new Refusal(allowed() + ", as a number of bytes or as \"64KiB\", \"1MiB\", \"4GiB\", not " + Shown.value(text));
                }
                final Object value = value(bytes);
                return value instanceof Refusal ? refuse(written) : value;
            }
            return refuse(written);
        }

        @Override
        Object parse(final String text) {
            final Long number = number(text);
            return number == null ? value(text) : value(number);
        }

        /** As TOML writes it, underscores and all; null if it is none. */
        private static Long number(final String text) {
            if (!text.matches("[+-]?(0|[1-9](_?[0-9]){0,18})")) {
                return null;
            }
            try {
                return Long.valueOf(text.replace("_", ""));
            } catch (final NumberFormatException tooLarge) {
                return null;
            }
        }
    }
}
