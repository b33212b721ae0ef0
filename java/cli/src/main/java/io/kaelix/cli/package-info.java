// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** The command line itself: options and their checks, errors and exit statuses. What a run does is {@link io.kaelix.cli.run}. */
package io.kaelix.cli;
