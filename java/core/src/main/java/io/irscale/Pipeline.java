package io.irscale;

import io.irscale.decode.Vae;
import io.irscale.decode.VaeCheckpoint;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxCheckpoint;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.FluxVariant;
import io.irscale.denoise.SchedulerConfig;
import io.irscale.error.InternalException;
import io.irscale.error.InvalidInputException;
import io.irscale.latent.LatentShape;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.LoraSpec;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.text.Clip;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.PromptEncoder;
import io.irscale.text.T5Checkpoint;
import io.irscale.text.T5Encoder;
import io.irscale.text.T5Tokenizer;
import io.irscale.text.Tokenizers;
import io.irscale.verify.Panel;
import io.irscale.verify.RewardGradient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The loaded models of an engine, for use stage by stage inside {@link Engine#call}: tokens, text, plan, noise, steps,
 * images, scores. Belongs to the device thread; the engine closes it.
 */
public final class Pipeline {
    private final EngineOptions options;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final SchedulerConfig scheduler;
    private final PromptEncoder text;
    private final FluxTransformer transformer;
    private final Vae vae;
    private final Verifiers verifiers;
    private final Optional<RewardGradient> reward;
    private final Loras loras;
    private final List<String> warnings;

    private Pipeline(EngineOptions options) {
        this.options = options;
        ModelFiles files = options.files();
        if (!Files.exists(files.model())) {
            throw new InvalidInputException("model " + files.model() + " is missing");
        }
        warnings = ModelIndex.check(files);
        try {
            Device device = options.device();
            DType dtype = options.dtype();
            Tokenizers tokenizers = Tokenizers.find(files.tokenizersFolder());
            scheduler = SchedulerConfig.of(files.scheduler(checkHeaders(files)));
            Clip clip = own(Clip.openText(files.textEncoderPath(), device, dtype));
            text = new PromptEncoder(
                    clip,
                    own(T5Encoder.open(files.textEncoder2Path(), device, dtype)),
                    own(ClipTokenizer.open(tokenizers.clip())),
                    own(T5Tokenizer.open(tokenizers.t5())));
            transformer = own(FluxTransformer.open(files.transformerPath(), device, dtype));
            if (options.approximation().fp8()) {
                transformer.fp8(true);
            }
            vae = own(Vae.open(files.vaePath(), device, dtype));
            verifiers = own(Verifiers.open(options, tokenizers));
            reward = verifiers.guide().map(judge -> own(new RewardGradient(transformer, vae, judge)));
            requireSameLatents();
            loras = own(new Loras(options, transformer, clip));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Refuses wrong files by their headers, before gigabytes of others are read; whether the transformer embeds guidance. */
    private static boolean checkHeaders(ModelFiles files) {
        T5Checkpoint.open(files.textEncoder2Path()).close();
        VaeCheckpoint.open(files.vaePath()).close();
        Path path = files.transformerPath();
        try (FluxCheckpoint checkpoint = FluxCheckpoint.open(path)) {
            FluxVariant.requireDrawsFromText(path, checkpoint.config());
            return checkpoint.config().guidance();
        }
    }

    /** Loads everything; on failure nothing stays loaded. */
    static Pipeline open(EngineOptions options) {
        return new Pipeline(options);
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.push(part);
        return part;
    }

    private void requireSameLatents() {
        int ours = vae.config().latentChannels();
        int theirs = transformer.config().latentChannels();
        if (ours != theirs) {
            throw new InvalidInputException("%s: the VAE has %d latent channels, the transformer %d"
                    .formatted(options.files().model(), ours, theirs));
        }
    }

    /** What the engine was opened with. */
    public EngineOptions options() {
        return options;
    }

    /** What a user should know of the models: one line each, without a full stop; mostly none. */
    public List<String> warnings() {
        return warnings;
    }

    /** Tokenizers and text encoders. */
    public PromptEncoder text() {
        return text;
    }

    /** The FLUX transformer. */
    public FluxTransformer transformer() {
        return transformer;
    }

    /** The VAE. */
    public Vae vae() {
        return vae;
    }

    /** The verifiers. */
    public Panel panel() {
        return verifiers.panel();
    }

    /**
     * Replaces the LoRAs that all later plans and prompts count with; see {@link Engine#loras}. Plans made before keep
     * what they computed.
     */
    public List<LoadedLora> setLoras(List<LoraSpec> specs, LoraMode mode, boolean strict) {
        return loras.set(specs, mode, strict);
    }

    /** LoRAs that plans have to be made with, because they are not merged. */
    public List<DeviceLora.Applied> unmergedLoras() {
        return loras.unmerged();
    }

    /** Latent sizes of an image of {@code height} x {@code width} pixels. */
    public LatentShape latents(int height, int width) {
        return LatentShape.ofImage(
                height, width, vae.config().factor(), transformer.config().latentChannels());
    }

    /** The noise levels for {@code steps} steps at that size. */
    public FlowSchedule schedule(int steps, LatentShape shape) {
        return FlowSchedule.of(scheduler, steps, shape.tokens());
    }

    /**
     * How much smaller previews are decoded: as asked for, else by as much as no verifier's input loses by.
     *
     * @throws InvalidInputException if the latents do not divide by it
     */
    int previewFactor(OptionalInt asked, LatentShape shape) {
        if (asked.isPresent() && !divides(asked.getAsInt(), shape)) {
            throw new InvalidInputException("preview factor is %d, but latents of %d x %d do not divide by it"
                    .formatted(asked.getAsInt(), shape.height(), shape.width()));
        }
        int pixels = Math.min(shape.height(), shape.width()) * vae.config().factor();
        return asked.orElseGet(() -> IntStream.of(4, 2)
                .filter(factor -> divides(factor, shape) && pixels / factor >= verifiers.edge())
                .findFirst()
                .orElse(1));
    }

    private static boolean divides(int factor, LatentShape shape) {
        return shape.height() % (2 * factor) == 0 && shape.width() % (2 * factor) == 0;
    }

    /**
     * The gradient for guidance by the verifier.
     *
     * @throws InvalidInputException if there is not exactly one optimised verifier, or it is not a CLIP
     */
    RewardGradient reward() {
        return reward.orElseThrow(() -> new InvalidInputException(
                "guidance by the verifier's gradient needs exactly one optimised verifier, and that a CLIP folder"));
    }

    /** Frees everything, the last loaded first. */
    void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new InternalException("closing a model failed: " + e, e);
            }
        }
    }
}
