package io.irscale.data.shard;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens Parquet files. */
final class ParquetFiles {
    // The library tells every user which instructions of the processor it uses. Held, or the level is forgotten.
    private static final Logger LIBRARY = Logger.getLogger("dev.hardwood");

    static {
        LIBRARY.setLevel(Level.WARNING);
    }

    private ParquetFiles() {}

    static ParquetFileReader open(Path file) throws IOException {
        return ParquetFileReader.open(InputFile.of(file));
    }
}
