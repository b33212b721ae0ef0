// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** A configuration, or what is wrong with one, as lines for people and as JSON for programs. */
package io.kaelix.cli.config;
