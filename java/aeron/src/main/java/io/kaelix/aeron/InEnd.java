// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

/** The receiving end of a shard, as the images of its senders see it. */
interface InEnd {

    /**
     * The sender says how it is set up.
     *
     * @throws io.kaelix.KaelixException if the two ends are not set up alike
     */
    void check(int number, int shards, byte mode);

    /** The flow of a number: one that was heard before, or another. Null, if something of it has still to be taken in elsewhere: not yet. */
    RemoteFlow flow(long number, String name, long sender);

    /** A sender has introduced itself. */
    void connected(InImage image);

    /** There was no room for a run. */
    void backPressured();

    /** A flow has ended in order, or another one follows it. */
    void left(InImage image, RemoteFlow flow);

    /** A sender broke the rules, or is not set up as this is. */
    void refused(InImage image, String why);
}
