package io.irscale.text;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A CLIP's sizes off its tensors under transformers' names, for files without a configuration. What no shape tells is as
 * in every published CLIP of these sizes (open_clip {@code model_configs}): heads of 64, but 16 heads in an image tower
 * wider than 1024; layer norms with 1e-5; the end at the largest id.
 */
final class ClipShapes {
    private static final int HEAD = 64;
    private static final int WIDEST_BY_HEAD = 1024;
    private static final int HEADS_OF_WIDER = 16;
    private static final int LARGEST_ID = 2;

    private final Map<String, StoredTensor> tensors;
    private final Path file;
    private final int activation;

    private ClipShapes(Map<String, StoredTensor> tensors, Path file, int activation) {
        this.tensors = tensors;
        this.file = file;
        this.activation = activation;
    }

    /**
     * Reads the sizes.
     *
     * @param file for messages
     * @throws InvalidInputException if a tensor is missing or has the shape of no CLIP
     */
    static ClipConfig read(Map<String, StoredTensor> tensors, Path file, ClipActivation activation) {
        return new ClipShapes(tensors, file, activation.code()).read();
    }

    private ClipConfig read() {
        // Standalone text encoders are published with and without the prefix.
        String text = tensors.containsKey("embeddings.token_embedding.weight") ? "" : "text_model.";
        String token = text + "embeddings.token_embedding.weight";
        int width = size(token, 2, 1);
        ClipConfig config = new ClipConfig(
                tower(text, width, byHead(token, width)),
                size(text + "embeddings.position_embedding.weight", 2, 0),
                size(token, 2, 0),
                LARGEST_ID,
                Optional.empty(),
                0,
                0,
                0,
                0);
        return tensors.containsKey("vision_model.embeddings.class_embedding") ? withImage(config) : config;
    }

    private ClipConfig withImage(ClipConfig text) {
        String patches = "vision_model.embeddings.patch_embedding.weight";
        String positions = "vision_model.embeddings.position_embedding.weight";
        int width = size(patches, 4, 0);
        int patch = size(patches, 4, 2);
        int places = size(positions, 2, 0) - 1;
        int side = (int) Math.round(Math.sqrt(places));
        if (places < 1 || side * side != places || size(patches, 4, 3) != patch) {
            throw wrong(positions, "a place for each patch of a square image, and one more");
        }
        int heads = width > WIDEST_BY_HEAD ? HEADS_OF_WIDER : byHead(patches, width);
        return new ClipConfig(
                text.text(),
                text.positions(),
                text.vocabulary(),
                text.eosTokenId(),
                Optional.of(tower("vision_model.", width, heads)),
                side * patch,
                patch,
                size(patches, 4, 1),
                size("text_projection.weight", 2, 0));
    }

    private int byHead(String name, int width) {
        if (width % HEAD != 0 || width == 0) {
            throw wrong(
                    name,
                    "a width that is a multiple of 64, the width of a head; for others add a config.json or"
                            + " open_clip_config.json");
        }
        return width / HEAD;
    }

    private ClipConfig.Tower tower(String prefix, int width, int heads) {
        int layers = 0;
        while (tensors.containsKey(prefix + "encoder.layers." + layers + ".layer_norm1.weight")) {
            layers++;
        }
        return new ClipConfig.Tower(
                width, layers, heads, size(prefix + "encoder.layers.0.mlp.fc1.weight", 2, 0), activation, 1e-5);
    }

    private int size(String name, int dimensions, int index) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new InvalidInputException(file + ": tensor '" + name + "' is missing, so that it is no CLIP");
        }
        List<Long> shape = tensor.shape();
        if (shape.size() != dimensions || shape.get(index) < 1 || shape.get(index) > Integer.MAX_VALUE) {
            throw wrong(name, dimensions + " sizes from 1 to 2^31 - 1");
        }
        return shape.get(index).intValue();
    }

    private InvalidInputException wrong(String name, String expected) {
        StoredTensor tensor = tensors.get(name);
        return new InvalidInputException("%s: tensor '%s' has shape %s, expected %s"
                .formatted(file, name, tensor == null ? "none" : tensor.shape(), expected));
    }
}
