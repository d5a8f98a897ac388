package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Pattern;

/**
 * Who wrote a LoRA file, told by its keys; the first that fits counts. It is told to the user, and refuses what cannot
 * be applied; keys are resolved one by one, so that files of mixed formats work.
 */
public enum LoraFormat {
    /** Orthogonal fine-tuning: kohya, LyCORIS and PEFT. */
    OFT("OFT", "^oft_|\\.oft_", "rotates the weight's rows or columns; irscale does not apply OFT" + Constants.REMEDY),
    /** Orthogonal fine-tuning by butterflies: PEFT. */
    BOFT("BOFT", "\\.boft_", "rotates the weight's rows or columns; irscale does not apply BOFT" + Constants.REMEDY),
    /** LyCORIS GLoRA. */
    GLORA(
            "GLoRA",
            "\\.[ab][12]\\.weight$",
            "depends on the weight that it changes; irscale does not apply GLoRA" + Constants.REMEDY),
    /** (IA)^3: PEFT and LyCORIS. */
    IA3("(IA)^3", "\\.ia3_|\\.on_input$", "multiplies activations; irscale does not apply (IA)^3" + Constants.REMEDY),
    /** PEFT's other tuners, by the names of their tensors. */
    OTHER_TUNER(
            "another tuner of PEFT",
            "\\.(vera_|vblora_|randlora_|fourierft_|waveft_|hra_|bone_|miss_|road_|shira_|c3a_|lora_embedding_)",
            "belongs to a tuner of PEFT that irscale does not apply" + Constants.REMEDY),
    /** FLUX.1 Canny and Depth LoRA: they replace norms, have biases and double the channels of img. */
    BFL_CONTROL(
            "BFL control LoRA",
            "\\.norm\\.(query|key)_norm\\.(scale$|set_weight$)|(^|\\.)(img_in|x_embedder)\\.(lora_B\\.bias|reshape_weight)$",
            "belongs to a control LoRA, which needs a control image beside img; irscale does not apply BFL control LoRA"
                    + " files"),
    /** Stable Diffusion 1, 2 and XL. */
    OTHER_MODEL(
            "Stable Diffusion",
            "(^|[._])(down_blocks|mid_block|up_blocks|input_blocks|middle_block|output_blocks)[._]",
            "belongs to the U-Net of another model, Stable Diffusion, not to FLUX; irscale does not apply Stable"
                    + " Diffusion files"),
    /** XLabs' x-flux. */
    XLABS("XLabs", "\\.processor\\.(qkv|proj)_lora[12]?\\."),
    /** OneTrainer: diffusers' names with underscores. */
    ONETRAINER_TRANSFORMER("OneTrainer", "^lora_transformer_"),
    /** LyCORIS by itself: diffusers' names with underscores. */
    LYCORIS("LyCORIS", "^lycoris_"),
    /** kohya's sd-scripts: original names with underscores. */
    KOHYA("kohya", "^lora_(unet|te\\d?)_"),
    /** fal: original names as PEFT saves them. */
    FAL("fal", "^base_model\\.model\\." + Constants.ORIGINAL),
    /** PEFT's own prefix before diffusers' names. */
    PEFT("PEFT", "^base_model\\.model\\."),
    /** ai-toolkit and ComfyUI: original names. */
    AI_TOOLKIT("ai-toolkit", "^(model\\.)?diffusion_model\\.|^text_encoders\\.|^" + Constants.ORIGINAL),
    /** diffusers, by pipeline or by model. */
    DIFFUSERS("diffusers", "^(transformer|unet|text_encoder)\\.|^(single_)?transformer_blocks\\."),
    /** None of these. */
    UNKNOWN("unknown", "");

    private static final class Constants {
        static final String REMEDY = ": merge it into the weights with its trainer, or train LoRA, LoKr, LoHa or DoRA";
        static final String ORIGINAL =
                "(double_blocks|single_blocks|img_in|txt_in|time_in|vector_in|guidance_in|final_layer)\\.";
    }

    private final String title;
    private final Pattern keys;
    private final String refusal;

    LoraFormat(String title, String keys) {
        this(title, keys, "");
    }

    LoraFormat(String title, String keys, String refusal) {
        this.title = title;
        this.keys = Pattern.compile(keys);
        this.refusal = refusal;
    }

    /** What people call it. */
    public String title() {
        return title;
    }

    /** The format of a file with these keys. */
    static LoraFormat of(Collection<String> names) {
        return Arrays.stream(values())
                .filter(format -> names.stream().anyMatch(format::fits))
                .findFirst()
                .orElse(UNKNOWN);
    }

    /** @throws InvalidInputException if irscale does not apply files of this format, naming the key that shows it */
    void requireSupported(Path file, Collection<String> names) {
        if (!refusal.isEmpty()) {
            String name = names.stream().filter(this::fits).findFirst().orElse("");
            throw new InvalidInputException(file + ": tensor '" + name + "' " + refusal);
        }
    }

    private boolean fits(String name) {
        return keys.matcher(name).find();
    }
}
