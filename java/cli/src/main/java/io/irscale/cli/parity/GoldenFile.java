package io.irscale.cli.parity;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** One safetensors file of goldens, which keeps count of the tensors that were used. */
final class GoldenFile implements AutoCloseable {
    /** Stands for all tensors of a file. */
    static final String WHOLE = "(whole file)";

    private final String name;
    private final Checkpoint checkpoint;
    private final Set<String> unused;

    /** {@code name} is the file's without its extension. */
    GoldenFile(String name, Path path) {
        this.name = name;
        checkpoint = Checkpoint.open(path);
        unused = new LinkedHashSet<>(checkpoint.tensors().keySet());
    }

    String name() {
        return name;
    }

    Set<String> tensors() {
        return checkpoint.tensors().keySet();
    }

    /** The tensor of that name, which need not be there yet. */
    Golden golden(String tensor) {
        return new Golden(this, tensor);
    }

    StoredTensor stored(String tensor) {
        StoredTensor stored = checkpoint.tensors().get(tensor);
        if (stored == null) {
            throw new MissingGoldenException(name, tensor);
        }
        return stored;
    }

    void use(String tensor) {
        unused.remove(tensor);
    }

    Set<String> unused() {
        return unused;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
