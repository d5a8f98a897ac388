package io.irscale.data.shard;

import io.irscale.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A tar in the form of WebDataset (github.com/webdataset/webdataset): files with the same key are a sample. The images
 * stay in the tar. Folders, links and hidden files in it are no samples' parts. Immutable.
 *
 * @param file the tar
 * @param samples in the order in which their first files lie
 * @param others how many parts of each ending are not read
 * @param isEnded whether it has the empty blocks that end a tar: one that is cut between two entries does not
 */
public record TarShard(Path file, List<TarSample> samples, Map<String, Integer> others, boolean isEnded) {
    /** The largest image, 1 GiB: an array has no more than twice that. */
    public static final int MOST_BYTES = 1 << 30;

    private static final int MOST_TEXT = 1 << 24;
    private static final int BLOCK = 512;
    private static final Set<String> IMAGES = Set.of("png", "jpg", "jpeg", "tif", "tiff", "bmp");

    /** Copies the collections. */
    public TarShard {
        samples = List.copyOf(samples);
        others = Collections.unmodifiableMap(new TreeMap<>(others));
    }

    /**
     * Reads the names, captions and metadata of a tar, and where its images lie.
     *
     * @throws InvalidInputException if it is no tar, is cut off, holds a part twice, or a part that is too large
     */
    public static TarShard read(Path file) {
        Map<String, Parts> samples = new LinkedHashMap<>();
        Map<String, Integer> others = new TreeMap<>();
        boolean ended;
        // Nothing buffers between the two, so the channel stands where an entry's bytes begin.
        try (FileChannel channel = FileChannel.open(file);
                TarArchiveInputStream tar = new TarArchiveInputStream(Channels.newInputStream(channel), "UTF-8")) {
            long end = 0;
            for (TarArchiveEntry next = tar.getNextEntry(); next != null; next = tar.getNextEntry()) {
                Part part = Part.of(file, next, channel.position());
                end = part.offset() + Math.ceilDiv(part.size(), BLOCK) * BLOCK;
                if (!part.isFile()) {
                    continue;
                }
                if (part.size() > channel.size() - part.offset()) {
                    throw new InvalidInputException(
                            "%s: %d bytes from %d on reach past the tar's end at %d: it is cut off or damaged, fetch it again"
                                    .formatted(part, part.size(), part.offset(), channel.size()));
                }
                if (!samples.computeIfAbsent(part.key(), _ -> new Parts()).take(part, tar)) {
                    others.merge(part.extension(), 1, Integer::sum);
                }
            }
            requireNothing(file, channel, end);
            ended = channel.size() > end;
        } catch (IOException | IllegalArgumentException | OutOfMemoryError e) {
            throw Damage.of(file.toString(), " as a tar", e);
        }
        return new TarShard(
                file,
                samples.entrySet().stream()
                        .map(sample ->
                                new TarSample(file, sample.getKey(), sample.getValue().images, sample.getValue().texts))
                        .toList(),
                others,
                ended);
    }

    // The library stops at an empty block, and at half a header, without a word.
    private static void requireNothing(Path file, FileChannel channel, long end) throws IOException {
        if (channel.size() % BLOCK != 0) {
            throw new InvalidInputException(
                    "%s: has %d bytes, expected a multiple of %d: it is cut off or damaged, fetch it again"
                            .formatted(file, channel.size(), BLOCK));
        }
        InputStream rest =
                new BufferedInputStream(Channels.newInputStream(channel.position(Math.min(end, channel.size()))));
        long at = end;
        for (int next = rest.read(); next >= 0; next = rest.read(), at++) {
            if (next != 0) {
                throw new InvalidInputException(
                        "%s: goes on after its end, at byte %d: if tars were put together with cat, join them with tar -A"
                                .formatted(file, at));
            }
        }
    }

    private static final class Parts {
        private final Map<String, TarImage> images = new LinkedHashMap<>();
        private final Map<String, String> texts = new LinkedHashMap<>();

        // Whether it is one of those that are read.
        private boolean take(Part part, TarArchiveInputStream tar) throws IOException {
            if (part.isImage()) {
                TarImage before = images.put(part.label(), part.image());
                if (before != null) {
                    throw new InvalidInputException(
                            "%s: is a second image of its sample beside %s: keep one".formatted(part, before.entry()));
                }
            } else if (part.isText()) {
                if (texts.put(part.extension(), part.text(tar)) != null) {
                    throw new InvalidInputException(part + ": is there twice: keep one");
                }
            } else {
                return false;
            }
            return true;
        }
    }

    private record Part(Path file, TarArchiveEntry entry, String name, long offset) {
        private static Part of(Path file, TarArchiveEntry entry, long offset) {
            String name = entry.getName().replaceAll("\\p{Cntrl}", "?");
            return new Part(file, entry, name.startsWith("./") ? name.substring(2) : name, offset);
        }

        private boolean isFile() {
            return entry.isFile()
                    && !entry.isLink()
                    && !entry.isSymbolicLink()
                    && !base().startsWith(".")
                    && !name.startsWith("__MACOSX/");
        }

        private long size() {
            return entry.getSize();
        }

        private String base() {
            return name.substring(name.lastIndexOf('/') + 1);
        }

        private String key() {
            int dot = base().indexOf('.');
            return dot < 0 ? name : name.substring(0, name.length() - base().length() + dot);
        }

        private String extension() {
            return name.substring(Math.min(name.length(), key().length() + 1)).toLowerCase(Locale.ROOT);
        }

        private String ending() {
            return extension().substring(extension().lastIndexOf('.') + 1);
        }

        private String label() {
            return extension().substring(0, Math.max(0, extension().lastIndexOf('.')));
        }

        private boolean isImage() {
            return IMAGES.contains(ending());
        }

        private boolean isText() {
            return TarSample.CAPTIONS.contains(extension())
                    || extension().equals("json")
                    || extension().equals("cls");
        }

        private TarImage image() {
            if (entry.isSparse()) {
                throw new InvalidInputException(this + ": is stored as a sparse file: pack it without --sparse");
            }
            return new TarImage(file, name, offset, sizeUpTo(MOST_BYTES));
        }

        private String text(TarArchiveInputStream tar) throws IOException {
            byte[] bytes = tar.readNBytes(sizeUpTo(MOST_TEXT));
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
                return text.startsWith("\ufeff") ? text.substring(1) : text;
            } catch (CharacterCodingException e) {
                throw new InvalidInputException(this + ": is not UTF-8: write it so", e);
            }
        }

        private int sizeUpTo(int most) {
            if (size() > most) {
                throw new InvalidInputException("%s: has %d bytes, expected at most %d".formatted(this, size(), most));
            }
            return (int) size();
        }

        @Override
        public String toString() {
            return file + " entry " + name;
        }
    }
}
