// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Whether what arrived is what was sent. Publishers keep a count and a checksum of what they send, subscribers of what they receive
 * from each publisher, and every sequence number is looked at; at the end the two sides are compared.
 */
package io.kaelix.cli.verify;
