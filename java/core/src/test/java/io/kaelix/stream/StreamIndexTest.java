// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The index alone, with hashes that the test chooses: crowded around the end, where searches wrap round. */
class StreamIndexTest {

    private static final int CAPACITY = 64;

    private static boolean finds(final StreamIndex index, final int hash, final int id) {
        int position = index.home(hash);
        while (index.slot(position) != StreamIndex.EMPTY) {
            if (StreamIndex.hash(index.slot(position)) == hash && StreamIndex.id(index.slot(position)) == id) {
                return true;
            }
            position = index.next(position);
        }
        return false;
    }

    private static int used(final StreamIndex index) {
        int used = 0;
        for (int position = 0; position < index.capacity(); position++) {
            used += index.slot(position) == StreamIndex.EMPTY ? 0 : 1;
        }
        return used;
    }

    @Property(tries = 300)
    void shouldFindAllThatWasPutAndNotRemoved(@ForAll("hashes") final List<Integer> hashes) {
        final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64L << 20);
        StreamIndex index = new StreamIndex(arena, CAPACITY);
        final Map<Integer, Integer> model = new HashMap<>();
        for (int step = 0; step < hashes.size(); step++) {
            final int id = step / 2 % 50;
            if (model.containsKey(id)) {
                index.remove(model.get(id), id);
                assertThat(finds(index, model.remove(id), id)).isFalse();
            } else {
                assertThat(index.isFull()).isEqualTo(model.size() >= index.capacity() * 2 / 3);
                if (index.isFull()) {
                    final StreamIndex old = index;
                    index = old.grown(arena);
                    old.free();
                }
                index.put(hashes.get(step), id);
                model.put(id, hashes.get(step));
            }
            assertThat(used(index)).isEqualTo(model.size());
            for (final Map.Entry<Integer, Integer> entry : model.entrySet()) {
                assertThat(finds(index, entry.getValue(), entry.getKey())).isTrue();
            }
        }
        index.free();
        assertThat(arena.statistics().used()).isZero();
        arena.close();
    }

    @Provide
    Arbitrary<List<Integer>> hashes() {
        return Arbitraries.oneOf(Arbitraries.integers().between(CAPACITY - 6, CAPACITY + 2), Arbitraries.integers())
                .list().ofMinSize(20).ofMaxSize(200);
    }
}
