package io.irscale.train;

import io.irscale.autograd.AdamW;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One optimizer a model, saved and restored together. */
final class Optimizers implements AutoCloseable {
    private final List<Member> members = new ArrayList<>();
    private final List<AdamW.State> kinds;

    /** One model's. */
    private record Member(String model, Parameters parameters, AdamW optimizer) {
        List<String> names() {
            return parameters.names();
        }

        String key(AdamW.State kind, String name) {
            return model + "/" + kind.name().toLowerCase(Locale.ROOT) + "/" + name;
        }
    }

    Optimizers(Map<String, Parameters> parameters, boolean average) {
        kinds = Arrays.stream(AdamW.State.values())
                .filter(kind -> average || kind != AdamW.State.AVERAGE)
                .toList();
        parameters.forEach((model, weights) -> members.add(new Member(model, weights, new AdamW(weights, average))));
    }

    void gather() {
        members.forEach(member -> member.optimizer.gather(1));
    }

    /** One update of all; the norm of all gradients. */
    double step(AdamW.Settings settings) {
        double square = 0;
        for (Member member : members) {
            double norm = member.optimizer.step(settings);
            square += norm * norm;
        }
        return Math.sqrt(square);
    }

    /** Runs something with the averaged weights in the models. */
    void withAverages(Runnable body) {
        if (!kinds.contains(AdamW.State.AVERAGE)) {
            body.run();
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            List<Runnable> undo = new ArrayList<>();
            try {
                members.forEach(member -> swapIn(arena, member, undo));
                body.run();
            } finally {
                undo.forEach(Runnable::run);
            }
        }
    }

    private static void swapIn(Arena arena, Member member, List<Runnable> undo) {
        AdamW optimizer = member.optimizer;
        for (String name : member.names()) {
            try (Tensor weight = optimizer.state(name, AdamW.State.WEIGHT);
                    Tensor average = optimizer.state(name, AdamW.State.AVERAGE)) {
                MemorySegment kept = copy(arena, weight);
                long[] shape = weight.shape();
                undo.add(() -> {
                    try (Tensor before = Tensor.wrap(kept, DType.F32, shape)) {
                        optimizer.restore(name, AdamW.State.WEIGHT, before);
                    }
                });
                optimizer.restore(name, AdamW.State.WEIGHT, average);
            }
        }
    }

    private static MemorySegment copy(Arena arena, Tensor tensor) {
        MemorySegment copy = arena.allocate(tensor.elements() * Float.BYTES, Long.BYTES);
        tensor.read(copy);
        return copy;
    }

    /** Writes all states of all models to one file. */
    void save(Path file, Map<String, String> metadata) {
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            for (Member member : members) {
                for (String name : member.names()) {
                    for (AdamW.State kind : kinds) {
                        try (Tensor state = member.optimizer.state(name, kind)) {
                            tensors.add(ModelFiles.stored(arena, file, member.key(kind, name), state, DType.F32));
                        }
                    }
                }
            }
            SafetensorsWriter.write(file, tensors, metadata);
        }
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws InvalidInputException if a tensor is missing or of another shape
     */
    void restore(Checkpoint checkpoint, long step) {
        for (Member member : members) {
            for (String name : member.names()) {
                for (AdamW.State kind : kinds) {
                    StoredTensor stored = checkpoint.tensor(member.key(kind, name));
                    long[] shape =
                            stored.shape().stream().mapToLong(Long::longValue).toArray();
                    try (Tensor values = Tensor.wrap(stored.data(), stored.dtype(), shape)) {
                        member.optimizer.restore(name, kind, values);
                    }
                }
            }
            member.optimizer.setSteps(step);
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.optimizer.close());
    }
}
