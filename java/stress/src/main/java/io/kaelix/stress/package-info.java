// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * jcstress on the shipped classes: for each pair of threads that meet without a lock, what they may see of each other, and what never.
 *
 * <p>All tests have two actors, since jcstress leaves out, and says nothing, what needs more CPUs than there are;
 * {@link io.kaelix.stress.StressRunner} counts. Tests of what is not public lie in the packages of the classes that they test. An
 * outcome is named for the order that leads to it; one that no test lists is forbidden.
 */
package io.kaelix.stress;
