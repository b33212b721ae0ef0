// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who wants a topic, found by the topic's tokens and not by asking one after the other: a trie over the tokens of patterns.
 *
 * <pre>
 *   root ─┬─ orders ─┬─ eu ── {orders.eu}        a topic walks the branch of its token and the branch '*',
 *         │          ├─ *  ── {orders.*}         and takes along what hangs at '>' on its way
 *         │          └─ >  {orders.>}
 *         └─ *  ── eu ── {*.eu}
 * </pre>
 *
 * <p>A search visits a node for each way in which the beginning of the topic matches the beginning of a pattern, however many patterns there
 * are beside. What is removed leaves nothing behind.
 *
 * <p><b>Threads</b>: one at a time, under the registry's lock.
 *
 * @param <T> who wants, by {@code equals}
 */
public final class PatternIndex<T> {

    private final Node<T> root = new Node<>();

    /** An empty index. */
    public PatternIndex() {
    }

    /**
     * Adds somebody who wants what matches a pattern.
     *
     * @return false if that was known
     */
    public boolean add(final TopicPattern pattern, final T target) {
        Node<T> node = root;
        for (int start = 0; start >= 0; start = nextToken(pattern.text(), start)) {
            final String token = token(pattern.text(), start);
            if (token.equals(">")) {
                return node.rest.add(target);
            }
            node = node.children.computeIfAbsent(token, added -> new Node<>());
        }
        return node.exact.add(target);
    }

    /**
     * Removes what was added.
     *
     * @return false if it was not there
     */
    public boolean remove(final TopicPattern pattern, final T target) {
        return remove(root, pattern.text(), 0, target);
    }

    private static <T> boolean remove(final Node<T> node, final String text, final int start, final T target) {
        if (start < 0) {
            return node.exact.remove(target);
        }
        final String token = token(text, start);
        if (token.equals(">")) {
            return node.rest.remove(target);
        }
        final Node<T> child = node.children.get(token);
        final boolean removed = child != null && remove(child, text, nextToken(text, start), target);
        if (removed && child.isEmpty()) {
            node.children.remove(token);
        }
        return removed;
    }

    /** Hands over all who want a topic: each pattern that matches counts, so one who has several is handed over as often. */
    public void match(final Topic topic, final Consumer<? super T> found) {
        match(root, topic.name(), 0, found);
    }

    private static <T> void match(final Node<T> node, final String name, final int start, final Consumer<? super T> found) {
        if (start < 0) {
            node.exact.forEach(found);
            return;
        }
        node.rest.forEach(found);
        if (!node.children.isEmpty()) {
            final int next = nextToken(name, start);
            matchChild(node.children.get(token(name, start)), name, next, found);
            matchChild(node.children.get("*"), name, next, found);
        }
    }

    private static <T> void matchChild(final Node<T> child, final String name, final int next, final Consumer<? super T> found) {
        if (child != null) {
            match(child, name, next, found);
        }
    }

    /** Whether nobody wants anything. */
    public boolean isEmpty() {
        return root.isEmpty();
    }

    private static String token(final String text, final int start) {
        final int dot = text.indexOf('.', start);
        return dot < 0 ? text.substring(start) : text.substring(start, dot);
    }

    /** Where the next token starts, or -1. */
    private static int nextToken(final String text, final int start) {
        final int dot = text.indexOf('.', start);
        return dot < 0 ? -1 : dot + 1;
    }

    /** What is left of patterns behind the tokens on the way here. */
    private static final class Node<T> {

        /** Whose next token is this one, {@code *} among them. */
        final Map<String, Node<T>> children = new HashMap<>(0);
        /** Who wants topics that end here. */
        final Set<T> exact = new LinkedHashSet<>(0);
        /** Who wants all topics that go on from here. */
        final Set<T> rest = new LinkedHashSet<>(0);

        boolean isEmpty() {
            return exact.isEmpty() && rest.isEmpty() && children.isEmpty();
        }
    }
}
