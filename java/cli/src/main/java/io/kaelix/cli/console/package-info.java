// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What the command shares with whoever started it: the standard streams, files that are named on the command line, the signal to
 * stop, and errors as one line and an exit status.
 */
package io.kaelix.cli.console;
