/** The same work through irscale and through its peers, in turns. */
@NullMarked
package io.irscale.bench.peers;

import org.jspecify.annotations.NullMarked;
