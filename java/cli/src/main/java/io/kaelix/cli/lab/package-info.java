// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What the NUMA lab asks of the machine it boots: {@link io.kaelix.cli.lab.LabMain} lists the questions. Each is answered by reading back
 * from the kernel what it did, never by what a call claims to have done. No part of the command line's usage.
 */
package io.kaelix.cli.lab;
