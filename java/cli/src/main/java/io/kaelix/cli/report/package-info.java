// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** What a run came to, as a table for people or as JSON for programs. */
package io.kaelix.cli.report;
