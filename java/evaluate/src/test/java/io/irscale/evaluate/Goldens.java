package io.irscale.evaluate;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two sets of random features with their metrics by the reference implementations. */
record Goldens(Features real, Features fake, JsonNode expected) {
    private static final Path FOLDER = Path.of("src", "test", "goldens");

    static Goldens of(String name) {
        try (Checkpoint checkpoint = Checkpoint.open(FOLDER.resolve("metrics.safetensors"))) {
            return new Goldens(
                    features(checkpoint.tensor(name + ".real")),
                    features(checkpoint.tensor(name + ".fake")),
                    new JsonMapper().readTree(FOLDER.resolve("metrics.json")).required(name));
        }
    }

    private static Features features(StoredTensor tensor) {
        int count = Math.toIntExact(tensor.shape().get(0));
        int dimensions = Math.toIntExact(tensor.shape().get(1));
        float[] values = new float[count * dimensions];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
        }
        return Features.of(values, count, dimensions);
    }

    double number(String key) {
        return expected.required(key).doubleValue();
    }
}
