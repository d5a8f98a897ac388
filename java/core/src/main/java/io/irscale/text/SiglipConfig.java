package io.irscale.text;

import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.JsonConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Sizes of a SigLIP, from {@code config.json} with the reference's defaults, of which published files leave most out
 * (transformers {@code configuration_siglip.py}, {@code configuration_siglip2.py}).
 *
 * @param text the text tower
 * @param tokens {@code max_position_embeddings}: every prompt is padded or cut to this
 * @param vocabulary number of token ids
 * @param projection {@code projection_size}, as wide as the image tower
 * @param image the image tower
 * @param imageSize pixels along an edge; 0 for NaFlex, which takes any size
 * @param patchSize pixels along a patch's edge
 * @param patches NaFlex: position embeddings, {@code num_patches}; else 0
 */
public record SiglipConfig(
        ClipConfig.Tower text,
        int tokens,
        int vocabulary,
        int projection,
        ClipConfig.Tower image,
        int imageSize,
        int patchSize,
        int patches) {
    private static final String FIXED = "siglip";
    private static final String NAFLEX = "siglip2";
    private static final int COLOURS = 3;

    /** Whether a folder's {@code config.json} is of this family, whole or in part, of a fixed resolution or NaFlex. */
    public static boolean isIn(Path folder) {
        Path file = folder.resolve("config.json");
        return Files.isRegularFile(file) && type(JsonConfig.read(file)).startsWith(FIXED);
    }

    /**
     * Reads the configuration of a SiglipModel or of a Siglip2Model in {@code folder}.
     *
     * @throws io.irscale.error.InvalidInputException if it is of a part of one, or of a form that irscale lacks
     */
    public static SiglipConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        JsonConfig config = JsonConfig.read(file);
        String type = type(config);
        if (!type.equals(FIXED) && !type.equals(NAFLEX)) {
            throw config.wrong("model_type", type, FIXED + " or " + NAFLEX + ", a model with both towers");
        }
        JsonConfig text = part(file, config, "text_config");
        JsonConfig vision = part(file, config, "vision_config");
        if (!vision.flag("vision_use_head", true)) {
            throw vision.wrong("vision_use_head", false, "true: without its pooling an image has no embedding");
        }
        if (vision.integer("num_channels", COLOURS) != COLOURS) {
            throw vision.wrong("num_channels", vision.integer("num_channels"), COLOURS + ": images are RGB");
        }
        boolean naflex = type.equals(NAFLEX);
        ClipConfig.Tower tower = tower(text);
        return new SiglipConfig(
                tower,
                text.size("max_position_embeddings", 64),
                text.size("vocab_size", 32000),
                text.size("projection_size", tower.width()),
                tower(vision),
                naflex ? 0 : vision.size("image_size", 224),
                vision.size("patch_size", 16),
                naflex ? vision.size("num_patches", 256) : 0);
    }

    private static String type(JsonConfig config) {
        return config.text("model_type", "");
    }

    private static JsonConfig part(Path file, JsonConfig config, String key) {
        return config.has(key) ? config.child(key) : JsonConfig.of(file, Map.of());
    }

    private static ClipConfig.Tower tower(JsonConfig config) {
        return new ClipConfig.Tower(
                config.size("hidden_size", 768),
                config.count("num_hidden_layers", 12),
                config.count("num_attention_heads", 12),
                config.size("intermediate_size", 3072),
                Activation.code(config, "gelu_pytorch_tanh"),
                config.number("layer_norm_eps", 1e-6));
    }

    /** Whether images keep their aspect ratio, at up to so many patches. */
    public boolean isNaflex() {
        return imageSize == 0;
    }

    MemorySegment struct(Arena arena) {
        return new Struct(arena, NativeStructs.SIGLIP_CONFIG)
                .set("text_width", text.width())
                .set("text_layers", text.layers())
                .set("text_heads", text.heads())
                .set("text_mlp", text.mlp())
                .set("text_activation", text.activation())
                .set("text_positions", tokens)
                .set("vocabulary", vocabulary)
                .set("projection", projection)
                .set("text_eps", text.eps())
                .set("image_width", image.width())
                .set("image_layers", image.layers())
                .set("image_heads", image.heads())
                .set("image_mlp", image.mlp())
                .set("image_activation", image.activation())
                .set("image_size", imageSize)
                .set("patch_size", patchSize)
                .set("image_channels", COLOURS)
                .set("positions", patches)
                .set("image_eps", image.eps())
                .memory();
    }
}
