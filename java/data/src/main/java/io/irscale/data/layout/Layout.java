package io.irscale.data.layout;

import io.irscale.data.Dataset;
import java.nio.file.Path;

/** How a dataset lies on the disk. */
sealed interface Layout permits Shards, LooseImages {
    /** Whether a folder looks like it. */
    boolean fits(Path folder);

    /** Reads a folder that {@link #fits}. */
    Dataset read(Path folder);
}
