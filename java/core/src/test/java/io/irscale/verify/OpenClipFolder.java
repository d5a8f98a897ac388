package io.irscale.verify;

import io.irscale.GoldenTensors;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Copies of the golden open_clip folder with something changed. */
final class OpenClipFolder {
    static final Path GOLDEN = GoldenTensors.GOLDENS.resolve("open_clip");

    private OpenClipFolder() {}

    /** The same weights under a configuration with {@code section.key} set to {@code json}. */
    static Path configured(Path folder, String section, String key, String json) throws IOException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode config = (ObjectNode) mapper.readTree(GOLDEN.resolve("open_clip_config.json"));
        ObjectNode model = (ObjectNode) config.required("model_cfg");
        ObjectNode target = switch (section) {
            case "model_cfg" -> model;
            case "preprocess_cfg" -> (ObjectNode) config.required(section);
            default -> (ObjectNode) model.required(section);
        };
        target.set(key, mapper.readTree(json));
        Files.writeString(folder.resolve("open_clip_config.json"), config.toString());
        Files.copy(GOLDEN.resolve("open_clip_model.safetensors"), folder.resolve("open_clip_model.safetensors"));
        return folder;
    }

    /** The same configuration with other tensors in a file of the given name. */
    static Path stored(Path folder, String file, UnaryOperator<Stream<StoredTensor>> change) throws IOException {
        Files.copy(GOLDEN.resolve("open_clip_config.json"), folder.resolve("open_clip_config.json"));
        try (Checkpoint checkpoint = Checkpoint.open(GOLDEN, "open_clip_model")) {
            List<StoredTensor> changed =
                    change.apply(checkpoint.tensors().values().stream()).toList();
            SafetensorsWriter.write(folder.resolve(file), changed, Map.of());
        }
        return folder;
    }
}
