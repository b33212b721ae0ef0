// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** What a run came to, and what the machine is, as a text for people or as JSON for programs. */
package io.kaelix.cli.report;
