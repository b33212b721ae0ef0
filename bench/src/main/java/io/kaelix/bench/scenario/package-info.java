// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** The systems under test, Kaelix and its peers, behind one interface; {@link io.kaelix.bench.scenario.Catalogue} lists them. */
package io.kaelix.bench.scenario;
