package io.irscale;

import io.irscale.decode.VaeConfig;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.SchedulerConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.ModelClass;
import io.irscale.text.ClipConfig;
import io.irscale.text.T5Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code model_index.json} of a diffusers folder: which pipeline it was saved from, and of which classes its parts are. */
public final class ModelIndex {
    /** Its name in a model's folder. */
    public static final String FILE = "model_index.json";

    private static final String EXPECTED = "FluxPipeline";

    // Other ways to use the same models.
    private static final Set<String> SAME_MODELS = Set.of(EXPECTED, "FluxImg2ImgPipeline", "FluxInpaintPipeline");

    // Transformers of the same shapes, trained to edit; without an image their pipelines draw from text in the same
    // way.
    private static final Set<String> EDITORS = Set.of("FluxKontextPipeline", "FluxKontextInpaintPipeline");

    private static final Map<String, String> NEEDS = Map.ofEntries(
            Map.entry("FluxFillPipeline", "an image and a mask"),
            Map.entry("FluxControlPipeline", "a control image (Canny or Depth)"),
            Map.entry("FluxControlImg2ImgPipeline", "an image and a control image (Canny or Depth)"),
            Map.entry("FluxControlInpaintPipeline", "an image, a mask and a control image (Canny or Depth)"),
            Map.entry("FluxControlNetPipeline", "a control image and a ControlNet"),
            Map.entry("FluxControlNetImg2ImgPipeline", "an image, a control image and a ControlNet"),
            Map.entry("FluxControlNetInpaintPipeline", "an image, a mask, a control image and a ControlNet"),
            Map.entry("FluxPriorReduxPipeline", "an image, and has no transformer (Redux)"));

    private ModelIndex() {}

    /**
     * Reads a folder's index, if it has one, and compares it with what irscale computes.
     *
     * @param files whose own parts take the places of the folder's
     * @return warnings, one a line
     * @throws InvalidInputException if the pipeline or a part is of another class, with that class's name
     */
    public static List<String> check(ModelFiles files) {
        Path file = files.model().resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        JsonConfig index = JsonConfig.read(file);
        boolean own = files.transformer().isEmpty();
        List<String> warnings = pipeline(file, index, own);
        ModelClass.ofDiffusers(SchedulerConfig.CLASS_NAME).require(index, "scheduler");
        if (files.textEncoder().isEmpty()) {
            ClipConfig.CLASS.require(index, "text_encoder");
        }
        if (files.textEncoder2().isEmpty()) {
            T5Config.CLASS.require(index, "text_encoder_2");
        }
        if (own) {
            FluxConfig.CLASS.require(index, "transformer");
        }
        if (files.vae().isEmpty()) {
            VaeConfig.CLASS.require(index, "vae");
        }
        return warnings;
    }

    // Where the transformer is another one, the folder's other parts are the same for all of FLUX.1.
    private static List<String> pipeline(Path file, JsonConfig index, boolean ownTransformer) {
        String name = index.text("_class_name", EXPECTED);
        if (SAME_MODELS.contains(name)) {
            return List.of();
        }
        if (EDITORS.contains(name)) {
            return ownTransformer
                    ? List.of("%s: %s edits images; here it draws from text alone, as it does without an image"
                            .formatted(file, name))
                    : List.of();
        }
        String needs = NEEDS.get(name);
        if (needs == null) {
            throw index.wrong("_class_name", name, EXPECTED);
        }
        if (ownTransformer) {
            throw index.wrong(
                    "_class_name", name + ", which needs " + needs, EXPECTED + ", which draws from text alone");
        }
        return List.of();
    }
}
