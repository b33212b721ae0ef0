// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** What Kaelix counts and times, as meters of a registry of Micrometer. */
package io.kaelix.micrometer;
