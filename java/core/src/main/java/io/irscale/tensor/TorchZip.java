package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code torch.save} writes from PyTorch 1.6 on: a zip with {@code data.pkl} and a file for each storage. */
final class TorchZip {
    private static final String PICKLE = "/data.pkl";

    private TorchZip() {}

    /** Reads a mapped file. */
    static TorchContent read(MemorySegment zip, Path file) {
        Map<String, MemorySegment> entries = ZipDirectory.read(zip, file);
        String pickle = entries.keySet().stream()
                .filter(name -> name.endsWith(PICKLE))
                .findFirst()
                .orElseThrow(
                        () -> new InvalidInputException(file + ": is a zip without a data.pkl that is not compressed"));
        String folder = pickle.substring(0, pickle.length() - PICKLE.length() + 1);
        if (entries.containsKey(folder + "constants.pkl")) {
            throw new InvalidInputException(file + ": is a TorchScript archive, a program, as OpenAI published CLIP;"
                    + " save its weights by themselves: torch.save(torch.jit.load(FILE).state_dict(), NEW)");
        }
        MemorySegment order = entries.get(folder + "byteorder");
        if (order != null && !text(order).equals("little")) {
            throw new InvalidInputException(file + ": has another byte order than little");
        }
        MemorySegment program = entries.getOrDefault(pickle, MemorySegment.NULL);
        Pickle read = new Pickle(
                program.asSlice(0, Math.min(program.byteSize(), Pickle.MOST_BYTES))
                        .asByteBuffer(),
                file);
        Object root = read.next();
        Map<TorchStorage, MemorySegment> storages = new LinkedHashMap<>();
        for (TorchStorage storage : read.storages()) {
            MemorySegment bytes = entries.get(folder + "data/" + storage.key());
            if (bytes != null) {
                storages.put(storage, bytes);
            }
        }
        return new TorchContent(root, storages);
    }

    private static String text(MemorySegment bytes) {
        byte[] start = bytes.asSlice(0, Math.min(bytes.byteSize(), 16)).toArray(ValueLayout.JAVA_BYTE);
        return new String(start, StandardCharsets.US_ASCII).strip();
    }
}
