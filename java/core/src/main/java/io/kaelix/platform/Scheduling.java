// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.util.Objects;

/**
 * How the kernel schedules a thread.
 *
 * @param policy when it runs
 * @param priority 1 to {@value #MAX_PRIORITY} for a real-time policy, the higher first; 0 for any other
 */
public record Scheduling(Policy policy, int priority) {

    /** Highest priority of a real-time thread. */
    public static final int MAX_PRIORITY = 99;

    /** As every thread begins. */
    public static final Scheduling NORMAL = new Scheduling(Policy.NORMAL, 0);

    /** Policies, in the order and with the numbers of {@code KAELIX_SCHEDULING_*} in kaelix.h. */
    public enum Policy {
        /** {@code SCHED_OTHER}: in turn with all others. */
        NORMAL,
        /** {@code SCHED_FIFO}: real-time, before all normal threads, until it blocks. */
        FIFO,
        /** {@code SCHED_RR}: real-time, in turn with its equals. */
        ROUND_ROBIN,
        /** {@code SCHED_BATCH}: as normal, woken less eagerly. */
        BATCH,
        /** {@code SCHED_IDLE}: when nothing else wants to run. */
        IDLE,
        /** Another of the kernel's, such as {@code SCHED_DEADLINE}: is told, cannot be asked for. */
        OTHER;

        /** Whether threads of this policy run before all others. */
        public boolean isRealTime() {
            return this == FIFO || this == ROUND_ROBIN;
        }
    }

    /**
     * @throws IllegalArgumentException if the policy does not have that priority
     */
    public Scheduling {
        Objects.requireNonNull(policy, "policy");
        if (policy.isRealTime() ? priority < 1 || priority > MAX_PRIORITY : priority != 0) {
            throw new IllegalArgumentException("priority of " + policy + " must be "
                    + (policy.isRealTime() ? "1 to " + MAX_PRIORITY : "0") + ", not " + priority);
        }
    }

    /** Real-time: before all normal threads, until it blocks. */
    public static Scheduling fifo(final int priority) {
        return new Scheduling(Policy.FIFO, priority);
    }

    /** As reports name it, such as {@code FIFO 10}. */
    @Override
    public String toString() {
        return policy.isRealTime() ? policy + " " + priority : policy.toString();
    }

    /**
     * What came of asking for a scheduling.
     *
     * @param inForce how the thread is scheduled now
     * @param refusal why that is not what was asked, with the remedy, in one line; empty if it is
     */
    public record Outcome(Scheduling inForce, String refusal) {

        public Outcome {
            Objects.requireNonNull(inForce, "inForce");
            Objects.requireNonNull(refusal, "refusal");
        }

        /** Whether it is as asked. */
        public boolean isGranted() {
            return refusal.isEmpty();
        }

        static Outcome granted(final Scheduling wanted) {
            return new Outcome(wanted, "");
        }

        /** Of a platform, or a thread, that nothing can be asked for. */
        static Outcome refused(final Scheduling wanted, final Scheduling inForce, final String why) {
            return new Outcome(inForce, "asked for scheduling " + wanted + ": " + why + "; it stays " + inForce);
        }

        /** By the kernel. */
        static Outcome refused(final Scheduling wanted, final Scheduling inForce, final int systemError) {
            final int priority = wanted.priority();
            return refused(wanted, inForce, "the system refused (" + Errno.name(systemError) + "); "
                    + (priority == 0
                            ? "allow sched_setscheduler in the sandbox, or give the process CAP_SYS_NICE"
                            : "give the process CAP_SYS_NICE, or RLIMIT_RTPRIO of at least " + priority + " (ulimit -r " + priority
                                    + ", or LimitRTPRIO=" + priority + " of systemd; in a container --ulimit rtprio=" + priority
                                    + " or --cap-add SYS_NICE)"));
        }
    }
}
