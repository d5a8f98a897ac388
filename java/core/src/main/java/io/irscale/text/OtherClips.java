package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Models of open_clip and of others that irscale has not, by the names of their tensors. */
final class OtherClips {
    private static final Map<Pattern, String> KINDS = Map.of(
            Pattern.compile("visual\\.layer1\\..*"), "a ResNet",
            Pattern.compile("visual\\.trunk\\..*"), "an image tower of timm (such as SigLIP's or ConvNeXt)",
            Pattern.compile("visual\\.blocks\\..*"), "EVA-CLIP's image tower",
            Pattern.compile("visual\\.attn_pool\\..*|text_decoder\\..*"), "CoCa or attentional pooling",
            Pattern.compile("(text\\.)?transformer\\.(embeddings|encoder|shared)\\..*"), "a text tower of transformers",
            Pattern.compile(".*resblocks\\.0\\.ls_1\\.gamma"), "layer scale",
            Pattern.compile("(text_model|vision_model)\\.head\\..*"), "SigLIP's heads");

    private OtherClips() {}

    /** @throws InvalidInputException if the names are another model's; {@code file} is for messages */
    static void refuse(Set<String> names, Path file) {
        KINDS.forEach((pattern, what) -> names.stream()
                .filter(name -> pattern.matcher(name).matches())
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidInputException(file + ": is no CLIP that irscale has: tensor '" + name + "' tells "
                            + what + "; expected two transformers as in OpenAI's ViT-B/32");
                }));
    }
}
