package io.irscale.cli;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A copy of the golden pipeline with something wrong. The text encoders come first, so there the wrong things are. */
final class BrokenPipeline {
    private static final String CLIP = "text_encoder/model.safetensors";
    private static final String TENSOR = "final_layer_norm.weight";

    private final Path folder;

    private BrokenPipeline(Path folder) {
        this.folder = folder;
    }

    /** {@code folder} must not exist. */
    static BrokenPipeline copyTo(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(Cli.PIPELINE)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(Cli.PIPELINE.relativize(file)));
            }
        }
        return new BrokenPipeline(folder);
    }

    void missingShard() throws IOException {
        Files.delete(folder.resolve("text_encoder_2/model-00002-of-00002.safetensors"));
    }

    void truncated() throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(CLIP), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1);
        }
    }

    void wrongShape() {
        rewrite(tensors -> tensors.computeIfPresent(
                TENSOR, (name, old) -> old.rows(0, old.shape().getFirst() - 1)));
    }

    void missingTensor() {
        rewrite(tensors -> tensors.remove(TENSOR));
    }

    void nan() {
        rewrite(tensors -> tensors.computeIfPresent(TENSOR, (name, old) -> {
            MemorySegment data = MemorySegment.ofArray(old.data().toArray(ValueLayout.JAVA_BYTE));
            data.set(ValueLayout.JAVA_INT_UNALIGNED, 0, 0xFFFFFFFF); // a NaN in every float type
            return new StoredTensor(name, old.dtype(), old.shape(), data, old.file());
        }));
    }

    void pickle() throws IOException {
        Files.move(folder.resolve(CLIP), folder.resolve("text_encoder/pytorch_model.bin"));
    }

    private void rewrite(Consumer<Map<String, StoredTensor>> change) {
        Path file = folder.resolve(CLIP);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Map<String, StoredTensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
            change.accept(tensors);
            SafetensorsWriter.write(file, tensors.values(), checkpoint.metadata());
        }
    }
}
