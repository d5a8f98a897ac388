package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.ModelDefaults;
import io.irscale.ModelFiles;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What to load, and where it runs. */
public final class ModelOptions {
    private static final String DEMO = "irscale.demo";

    @Option(
            names = "--model",
            paramLabel = "PATH",
            description =
                    "FLUX.1 pipeline in the diffusers layout, or a single file that holds all its models. Default: the demo model.")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--transformer",
            paramLabel = "PATH",
            description = "Another transformer: a diffusers folder, a flux1-*.safetensors or a GGUF.")
    private Optional<Path> transformer = Optional.empty();

    @Option(names = "--vae", paramLabel = "PATH", description = "Another VAE: a diffusers folder or an ae.safetensors.")
    private Optional<Path> vae = Optional.empty();

    @Option(
            names = "--text-encoder",
            paramLabel = "PATH",
            description = "Another CLIP text encoder: a folder or a clip_l.safetensors.")
    private Optional<Path> textEncoder = Optional.empty();

    @Option(
            names = "--text-encoder-2",
            paramLabel = "PATH",
            description = "Another T5 text encoder: a folder, a t5xxl_*.safetensors or a GGUF.")
    private Optional<Path> textEncoder2 = Optional.empty();

    @Option(
            names = "--tokenizers",
            paramLabel = "DIR",
            description = "Tokenizers for a model without its own: clip_l/ and t5/, or tokenizer/ and tokenizer_2/.")
    private Optional<Path> tokenizers = Optional.empty();

    @Mixin
    private TorchOptions torch = new TorchOptions();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = Converters.OfDType.class,
            description = "fp32 or bf16; default: fp32 on cpu, bf16 on cuda.")
    private Optional<DType> dtype = Optional.empty();

    @Mixin
    private ApproximationOptions approximation = new ApproximationOptions();

    /** What the model itself asks for. */
    public ModelDefaults defaults() {
        return ModelDefaults.of(model());
    }

    private Path model() {
        return orDemo(model);
    }

    /** The model that --model names, else the demo model, of which the launcher knows where it lies. */
    public static Path orDemo(Optional<Path> model) {
        return model.or(() -> Optional.ofNullable(System.getProperty(DEMO)).map(Path::of))
                .orElseThrow(() -> new InvalidInputException(
                        "--model DIR is missing, and the system property " + DEMO + " names no demo model"));
    }

    /** The same for the engine. Paths that are not there are refused before gigabytes of others are read. */
    public EngineOptions engine(VerifierOptions verifiers) {
        Path model = model();
        requirePath("--model", Optional.of(model));
        requirePath("--transformer", transformer);
        requirePath("--vae", vae);
        requirePath("--text-encoder", textEncoder);
        requirePath("--text-encoder-2", textEncoder2);
        requirePath("--tokenizers", tokenizers);
        DType chosen = dtype.orElse(torch.device().isCpu() ? DType.F32 : DType.BF16);
        return new EngineOptions(
                new ModelFiles(model, transformer, vae, textEncoder, textEncoder2, tokenizers),
                verifiers.specs(defaults().verifier()),
                verifiers.ensemble(),
                torch.libtorch(),
                torch.device(),
                chosen,
                approximation.chosen());
    }

    private static void requirePath(String option, Optional<Path> path) {
        path.filter(Files::notExists).ifPresent(missing -> {
            throw new InvalidInputException(option + " " + missing + ": is not there");
        });
    }
}
