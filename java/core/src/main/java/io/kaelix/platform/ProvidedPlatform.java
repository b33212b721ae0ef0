// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.CpuSet;
import io.kaelix.platform.topology.NumaTopology;

/**
 * The platform of a {@link PlatformProvider}: memory and threads by libkaelix, called in the provider's way; everything else, above all the
 * kernels, as in the portable platform, from which it is inherited.
 */
final class ProvidedPlatform extends PortablePlatform {

    private final String name;
    private final FfmPlatform library;

    private ProvidedPlatform(final String name, final FfmPlatform library, final ProcessStatus process) {
        super(process);
        this.name = name;
        this.library = library;
    }

    static ProvidedPlatform open(final PlatformProvider provider) {
        return new ProvidedPlatform(provider.name(), FfmPlatform.openFor(provider::bind), ProcessStatus.ofThisProcess());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public NumaTopology topology() {
        return library.topology();
    }

    @Override
    public MappedMemory map(final MemoryRequest request) {
        return library.map(request);
    }

    @Override
    public void unmap(final MappedMemory memory) {
        library.unmap(memory);
    }

    @Override
    public int[] pageNodes(final long address, final long pageBytes, final int count) {
        return library.pageNodes(address, pageBytes, count);
    }

    @Override
    public CpuSet pin(final CpuSet cpus) {
        return library.pin(cpus);
    }

    @Override
    public CpuSet affinity() {
        return library.affinity();
    }

    @Override
    public Scheduling.Outcome schedule(final Scheduling wanted) {
        return library.schedule(wanted);
    }

    @Override
    public Scheduling scheduling() {
        return library.scheduling();
    }

    @Override
    public int currentCpu() {
        return library.currentCpu();
    }

    @Override
    public int currentNode() {
        return library.currentNode();
    }
}
