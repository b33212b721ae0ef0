// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.net.Shard;
import io.kaelix.shared.ControlFile;
import io.kaelix.shared.DirectoryDescriptor;
import io.kaelix.shared.SharedDirectory;
import io.kaelix.shared.SharedSubscription;
import io.kaelix.stream.PatternIndex;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Who wants what, in all streamers of a directory: entries of one's own, and an index of those of others. Under the registry's lock. */
final class NeighbourInterests {

    private final SharedDirectory directory;
    private final ControlFile control;
    private final PatternIndex<SharedSubscription> others = new PatternIndex<>();
    private final SharedSubscription[] known = new SharedSubscription[DirectoryDescriptor.SUBSCRIPTIONS];
    private final long[] numbers = new long[DirectoryDescriptor.SUBSCRIPTIONS];
    private final Map<Interest, Integer> own = new IdentityHashMap<>();
    private final List<Integer> withdrawn = new ArrayList<>();
    private long seen = -1;

    NeighbourInterests(final SharedDirectory directory) {
        this.directory = directory;
        this.control = directory.control();
    }

    /** Takes over what others want. Under the directory's lock. */
    void absorb() {
        if (control.version() == seen) {
            return;
        }
        for (int entry = 0; entry < control.subscriptionLimit(); entry++) {
            final long number = control.subscriptionEntry(entry);
            if (number != numbers[entry]) {
                numbers[entry] = number;
                replace(entry, number == 0 || control.subscriptionParticipant(entry) == directory.participant()
                        ? null : control.subscriptionAt(entry));
            }
        }
        seen = control.version();
    }

    private void replace(final int entry, final SharedSubscription by) {
        if (known[entry] != null) {
            others.remove(TopicPattern.of(known[entry].pattern()), known[entry]);
        }
        known[entry] = by;
        if (by != null) {
            others.add(TopicPattern.of(by.pattern()), by);
        }
    }

    /** What was published since was this streamer's own. */
    void absorbed() {
        seen = control.version();
    }

    /**
     * Subscriptions of others that want a partition of a topic, which has so many, of a lane with so many hops; a subscriber may be among
     * them with several patterns.
     */
    List<SharedSubscription> match(final Topic topic, final int partition, final int partitions, final int hops) {
        final List<SharedSubscription> found = new ArrayList<>();
        if (!others.isEmpty()) {
            others.match(topic, subscription -> {
                if (subscription.wants(partition) && hops < subscription.maxHops()
                        && new Shard(subscription.shard(), subscription.shards()).has(topic, partition, partitions)) {
                    found.add(subscription);
                }
            });
        }
        return found;
    }

    /** Tells others. Within a change. */
    void add(final Interest interest) {
        final Subscription subscription = interest.subscription;
        own.put(interest, control.addSubscription(directory.participant(), new SharedSubscription(directory.participant(),
                subscription.shared, interest.pattern.text(), subscription.policy != SlowSubscriberPolicy.LOSSY,
                subscription.patience().maxLag(), subscription.patience().maxStallNanos(), subscription.config.partitions(),
                interest.mostHops(), interest.shard().index(), interest.shard().count())));
    }

    /** Nothing of it is wanted any more; whether others are to be told. */
    boolean withdraw(final Interest interest) {
        final Integer entry = own.remove(interest);
        return entry != null && withdrawn.add(entry);
    }

    /** Takes out what was withdrawn. Within a change. */
    void settle(final Neighbours neighbours) {
        if (!withdrawn.isEmpty()) {
            neighbours.touch();
            withdrawn.forEach(control::removeSubscription);
            withdrawn.clear();
        }
    }

    /** Takes out what a dead participant wanted. Within a change. */
    void reclaim(final int dead) {
        for (int entry = 0; entry < control.subscriptionLimit(); entry++) {
            if (control.subscriptionEntry(entry) != 0 && control.subscriptionParticipant(entry) == dead) {
                control.removeSubscription(entry);
                numbers[entry] = 0;
                replace(entry, null);
            }
        }
    }
}
