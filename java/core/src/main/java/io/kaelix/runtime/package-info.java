// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** Runs tasks at once, later or again and again, the more urgent ones first. */
package io.kaelix.runtime;
