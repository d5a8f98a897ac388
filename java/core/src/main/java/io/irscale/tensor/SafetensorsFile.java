package io.irscale.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A safetensors file, mapped read-only. Mapping reads and checks the header alone; a tensor's bytes are paged in when they
 * are first touched, so the file must not be shortened by others while it is mapped.
 */
final class SafetensorsFile {
    private SafetensorsFile() {}

    /** @param arena owns the mapping */
    static TensorFile map(Path file, FileChannel channel, Arena arena) throws IOException {
        SafetensorsHeader header = SafetensorsHeader.read(channel, file);
        MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, header.dataStart(), header.dataBytes(), arena);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<String, String> unread = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : header.entries()) {
            MemorySegment bytes = data.asSlice(entry.begin(), entry.end() - entry.begin());
            entry.dtype()
                    .ifPresentOrElse(
                            dtype -> tensors.put(
                                    entry.name(), new StoredTensor(entry.name(), dtype, entry.shape(), bytes, file)),
                            () -> unread.put(entry.name(), StrictJson.oneLine(entry.type())));
        }
        return new TensorFile(tensors, unread, header.metadata());
    }
}
