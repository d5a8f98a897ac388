package io.irscale.inspect;

import io.irscale.decode.VaeCheckpoint;
import io.irscale.denoise.FluxCheckpoint;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.denoise.FluxVariant;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.Lora;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraTarget;
import io.irscale.tensor.Contents;
import io.irscale.tensor.SavedWeights;
import io.irscale.text.ClipCheckpoint;
import io.irscale.text.ClipConfig;
import io.irscale.text.ClipLoraNames;
import io.irscale.text.ClipSource;
import io.irscale.text.SiglipConfig;
import io.irscale.text.T5Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Weights of one or several models in a file or a model's folder. */
final class InspectedWeights {
    // Every base name that a folder's weights may have.
    private static final List<String> BASES = List.of(
            "diffusion_pytorch_model",
            "model",
            "open_clip_model",
            "open_clip_pytorch_model",
            "pytorch_lora_weights",
            "adapter_model");
    private static final List<String> TORCH = List.of("pytorch_model.bin", "open_clip_pytorch_model.bin");

    private InspectedWeights() {}

    static List<Inspection> of(Path path) {
        return of(path, BASES);
    }

    /** @param bases the names that weights in a folder may have, the likeliest first */
    static List<Inspection> of(Path path, List<String> bases) {
        List<Contents> contents;
        try (SavedWeights weights = SavedWeights.open(path, bases, TORCH)) {
            contents = Contents.of(weights.tensors().keySet());
        } catch (InvalidInputException e) {
            return List.of(Inspection.refused(path, "no weights that irscale reads", String.valueOf(e.getMessage())));
        }
        List<Inspection> found = new ArrayList<>();
        for (Contents each : contents) {
            // Both towers are one model.
            if (each != Contents.CLIP_TEXT || !contents.contains(Contents.CLIP_IMAGE)) {
                found.add(Inspector.attempt(path, each.words(), () -> of(path, each)));
            }
        }
        return found.isEmpty()
                ? List.of(Inspection.refused(
                        path, Contents.describe(List.of()), path + ": holds no model that irscale knows"))
                : found;
    }

    private static Inspection of(Path path, Contents contents) {
        return switch (contents) {
            case FLUX_ORIGINAL, FLUX_DIFFUSERS -> flux(path, contents);
            case VAE_ORIGINAL, VAE_DIFFUSERS -> vae(path, contents);
            case T5, T5_GGUF -> t5(path, contents);
            case CLIP_TEXT, CLIP_IMAGE, OPEN_CLIP -> clip(path);
            case LORA -> lora(path);
            case DINOV2 -> Inspection.of(path, contents.words(), "evaluate --encoder dinov2=");
            default ->
                Inspection.refused(
                        path, contents.words(), path + ": is " + contents.words() + ", which irscale does not run");
        };
    }

    private static Inspection flux(Path path, Contents contents) {
        try (FluxCheckpoint checkpoint = FluxCheckpoint.open(path)) {
            FluxVariant.requireDrawsFromText(path, checkpoint.config());
            return Inspection.of(
                    path,
                    FluxVariant.name(checkpoint.config()) + ", " + contents.words(),
                    "--transformer",
                    checkpoint.tensors().values(),
                    List.of(),
                    ExpectedTensors.flux(checkpoint.config()).problems(checkpoint.tensors()));
        }
    }

    private static Inspection vae(Path path, Contents contents) {
        try (VaeCheckpoint checkpoint = VaeCheckpoint.open(path)) {
            return Inspection.of(
                    path,
                    contents.words() + " of " + checkpoint.config().latentChannels() + " latent channels",
                    "--vae",
                    checkpoint.tensors().values(),
                    List.of(),
                    ExpectedTensors.vae(checkpoint.config()).problems(checkpoint.tensors()));
        }
    }

    private static Inspection t5(Path path, Contents contents) {
        try (T5Checkpoint checkpoint = T5Checkpoint.open(path)) {
            boolean shared = checkpoint.tensors().containsKey("shared.weight");
            return Inspection.of(
                    path,
                    contents.words() + ", " + checkpoint.config().width() + " wide",
                    "--text-encoder-2",
                    checkpoint.tensors().values(),
                    List.of(),
                    ExpectedTensors.t5(checkpoint.config(), shared).problems(checkpoint.tensors()));
        }
    }

    private static Inspection clip(Path path) {
        if (SiglipConfig.isIn(path)) {
            return siglip(path);
        }
        try (ClipCheckpoint checkpoint = ClipCheckpoint.open(ClipSource.of(path))) {
            ClipConfig config = checkpoint.config();
            boolean whole = config.image().isPresent();
            boolean bare = checkpoint.tensors().containsKey("embeddings.token_embedding.weight");
            return Inspection.of(
                    path,
                    whole
                            ? "a CLIP for images of " + config.imageSize() + " pixels in patches of "
                                    + config.patchSize()
                            : "a CLIP text encoder, " + config.text().width() + " wide",
                    whole ? "--verifier, --held-out" : "--text-encoder",
                    checkpoint.tensors().values(),
                    List.of(),
                    ExpectedTensors.clip(config, bare ? "" : "text_model.").problems(checkpoint.tensors()));
        }
    }

    private static Inspection siglip(Path path) {
        SiglipConfig config = SiglipConfig.read(path);
        try (SavedWeights weights = SavedWeights.open(path, BASES, TORCH)) {
            return Inspection.of(
                    path,
                    config.isNaflex()
                            ? "a SigLIP 2 (NaFlex) in patches of " + config.patchSize()
                            : "a SigLIP for images of " + config.imageSize() + " pixels",
                    "--verifier, --held-out",
                    weights.tensors().values(),
                    List.of(),
                    List.of());
        }
    }

    private static Inspection lora(Path path) {
        try (LoraFile file = LoraFile.open(path)) {
            Lora lora =
                    file.match(FluxLoraNames.modules(FluxConfig.DEV), ClipLoraNames.modules(ClipConfig.VIT_LARGE_TEXT));
            long transformer = lora.updates(LoraTarget.TRANSFORMER).size();
            long clip = lora.updates(LoraTarget.CLIP).size();
            List<String> notes = lora.match().complete()
                    ? List.of()
                    : List.of(
                            lora.match().unmatched().size() + " keys have no effect: irscale lora inspect shows them");
            return Inspection.of(
                    path,
                    "a LoRA (%s) of %d layers of FLUX.1's transformer and %d of CLIP"
                            .formatted(file.format().title(), transformer, clip),
                    "--lora",
                    file.tensors().values(),
                    notes,
                    List.of());
        }
    }
}
