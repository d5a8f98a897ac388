package io.irscale.evaluate;

import io.irscale.error.InternalException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.Quantization;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells weights apart: SHA-256 over the tensors in the order of their names, each as its name, dtype, shape and bytes.
 * How they are spread over files, and those files' metadata, do not matter.
 */
public final class WeightsHash {
    // MemorySegment.asByteBuffer reaches 2 GiB at most.
    private static final long CHUNK = 1 << 30;

    private WeightsHash() {}

    /**
     * Reads all of a model's weights.
     *
     * @param path a safetensors file or a folder, see {@link Checkpoint#open}
     * @return 64 hexadecimal digits, in lower case
     */
    public static String of(Path path, String... baseNames) {
        try (Checkpoint checkpoint = Checkpoint.open(path, baseNames)) {
            return of(checkpoint.tensors());
        }
    }

    /**
     * Of tensors by name, wherever they are from.
     *
     * @return 64 hexadecimal digits, in lower case
     */
    public static String of(Map<String, StoredTensor> tensors) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new TreeMap<>(tensors).values().forEach(tensor -> add(digest, tensor));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new InternalException("this Java has no SHA-256, which every Java has to have", e);
        }
    }

    private static void add(MessageDigest digest, StoredTensor tensor) {
        String header = tensor.name() + '\n' + tensor.format() + tensor.shape() + '\n';
        digest.update(header.getBytes(StandardCharsets.UTF_8));
        tensor.quantization().flatMap(Quantization::scales).ifPresent(scales -> add(digest, scales));
        MemorySegment data = tensor.data();
        for (long at = 0; at < data.byteSize(); at += CHUNK) {
            digest.update(
                    data.asSlice(at, Math.min(CHUNK, data.byteSize() - at)).asByteBuffer());
        }
    }
}
