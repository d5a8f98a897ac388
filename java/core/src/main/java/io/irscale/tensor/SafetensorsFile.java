package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One safetensors file, mapped read-only. Mapping reads and checks the header alone; a tensor's bytes are paged in when
 * they are first touched, so the file must not be shortened by others while it is mapped.
 *
 * @param tensors by name, in the order of their bytes; valid as long as the arena
 * @param unread tensors of dtypes that irscale does not know, with what the file calls these
 * @param metadata the free-form strings of the header, in file order
 */
record SafetensorsFile(Map<String, StoredTensor> tensors, Map<String, String> unread, Map<String, String> metadata) {
    /** @param arena owns the mapping */
    static SafetensorsFile map(Path file, Arena arena) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": is not a file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = SafetensorsHeader.read(channel, file);
            MemorySegment data =
                    channel.map(FileChannel.MapMode.READ_ONLY, header.dataStart(), header.dataBytes(), arena);
            Map<String, StoredTensor> tensors = new LinkedHashMap<>();
            Map<String, String> unread = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.entries()) {
                MemorySegment bytes = data.asSlice(entry.begin(), entry.end() - entry.begin());
                entry.dtype()
                        .ifPresentOrElse(
                                dtype -> tensors.put(
                                        entry.name(),
                                        new StoredTensor(entry.name(), dtype, entry.shape(), bytes, file)),
                                () -> unread.put(entry.name(), StrictJson.oneLine(entry.type())));
            }
            return new SafetensorsFile(
                    Collections.unmodifiableMap(tensors), Collections.unmodifiableMap(unread), header.metadata());
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        }
    }
}
