package io.irscale.data.shard;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.nio.ByteBuffer;
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
        return ParquetFileReader.open(new Bounded(InputFile.of(file)));
    }

    /** A file that gives no empty ranges: for a page that claims to reach past its column, the library reads them for ever. */
    private record Bounded(InputFile file) implements InputFile {
        @Override
        public ByteBuffer readRange(long offset, int length) throws IOException {
            if (length <= 0) {
                throw new IOException("a page at byte %d reaches past its column".formatted(offset));
            }
            return file.readRange(offset, length);
        }

        @Override
        public void open() throws IOException {
            file.open();
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
