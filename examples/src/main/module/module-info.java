// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** Programs to start from. What a module of yours needs is the one line here. */
module io.kaelix.examples {
    requires io.kaelix;
}
