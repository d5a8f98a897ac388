package io.irscale.data.shard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes small tars. */
public final class Tars {
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Entry(TarArchiveEntry header, byte[] bytes) {}

    private final List<Entry> entries = new ArrayList<>();

    /** A file of bytes. */
    public Tars file(String name, byte[] bytes) {
        TarArchiveEntry header = new TarArchiveEntry(name);
        header.setSize(bytes.length);
        entries.add(new Entry(header, bytes));
        return this;
    }

    /** A file of text. */
    public Tars text(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A folder, link or other entry without bytes. */
    public Tars entry(String name, byte type) {
        TarArchiveEntry header = new TarArchiveEntry(name, type);
        if (header.isSymbolicLink()) {
            header.setLinkName("elsewhere.png");
        }
        entries.add(new Entry(header, new byte[0]));
        return this;
    }

    /**
     * Writes them.
     *
     * @param longNames as {@link TarArchiveOutputStream#setLongFileMode}
     */
    public Path to(Path file, int longNames) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file), "UTF-8")) {
            tar.setLongFileMode(longNames);
            tar.setAddPaxHeadersForNonAsciiNames(longNames == TarArchiveOutputStream.LONGFILE_POSIX);
            for (Entry entry : entries) {
                tar.putArchiveEntry(entry.header);
                tar.write(entry.bytes);
                tar.closeArchiveEntry();
            }
        }
        return file;
    }

    /** Writes them with long names in PAX headers. */
    public Path to(Path file) throws IOException {
        return to(file, TarArchiveOutputStream.LONGFILE_POSIX);
    }
}
