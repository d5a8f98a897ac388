package io.irscale.cli;

import io.irscale.GenerateRequest;
import io.irscale.ModelDefaults;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** How to sample. */
public final class SamplingOptions {
    private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";
    private static final String MODELS = " Default: what the model's " + ModelDefaults.FILE + " says, else ";

    @Option(
            names = "--seed",
            paramLabel = "S",
            converter = Converters.OfSeed.class,
            defaultValue = "0",
            description = "The first seed, -2^63 to 2^64 - 1 as in torch, where -1 is 2^64 - 1; candidate i starts from"
                    + " S + i." + DEFAULT)
    private long seed;

    @Option(names = "--steps", paramLabel = "N", description = "Denoising steps." + MODELS + "28.")
    private Optional<Integer> steps = Optional.empty();

    @Option(names = "--guidance", paramLabel = "G", description = "Embedded guidance of FLUX.1-dev." + MODELS + "3.5.")
    private Optional<Float> guidance = Optional.empty();

    @Option(
            names = "--true-cfg",
            paramLabel = "S",
            description = "True classifier-free guidance; above 1 it takes twice the time." + MODELS + "1.")
    private Optional<Float> trueCfg = Optional.empty();

    @Option(
            names = "--negative",
            paramLabel = "TEXT",
            description = "What --true-cfg guides away from. Default: the empty prompt.")
    private Optional<String> negative = Optional.empty();

    @Option(names = "--height", paramLabel = "PIXELS", description = "Image height." + MODELS + "512.")
    private Optional<Integer> height = Optional.empty();

    @Option(names = "--width", paramLabel = "PIXELS", description = "Image width." + MODELS + "512.")
    private Optional<Integer> width = Optional.empty();

    @Option(
            names = "--max-sequence-length",
            paramLabel = "N",
            description = "T5 tokens a prompt; FLUX.1-schnell was trained with 256." + MODELS + "512.")
    private Optional<Integer> maxSequenceLength = Optional.empty();

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Candidates that go through the device at once. Default: as many as its memory holds.")
    private Optional<Integer> batch = Optional.empty();

    @Option(
            names = "--deterministic",
            description = {
                "The same bytes in whatever company: every candidate goes through the device by itself, so that no"
                        + " kernel's choice for a batch changes the last bits of an image, and with them perhaps the winner.",
                "Holds for one processor or GPU, libtorch and number of threads. Costs what batches save; not with"
                        + " --batch above 1."
            })
    private boolean deterministic;

    /** One request a prompt, each checked, of so many candidates; {@code model} says what no option does. */
    public List<GenerateRequest> requests(List<PromptOptions.Source> prompts, int candidates, ModelDefaults model) {
        List<GenerateRequest> requests = new ArrayList<>();
        for (PromptOptions.Source source : prompts) {
            try {
                requests.add(request(source.prompt(), candidates, model));
            } catch (InvalidInputException e) {
                throw new InvalidInputException(source.where() + e.getMessage(), e);
            }
        }
        return requests;
    }

    private OptionalInt rowsAtOnce() {
        if (!deterministic) {
            return batch.map(OptionalInt::of).orElseGet(OptionalInt::empty);
        }
        if (batch.orElse(1) != 1) {
            throw new InvalidInputException(
                    "--deterministic: draws one candidate at a time, expected no --batch but 1, not " + batch.get());
        }
        return OptionalInt.of(1);
    }

    private GenerateRequest request(String prompt, int candidates, ModelDefaults model) {
        float cfg = trueCfg.orElse(model.trueCfg());
        GenerateRequest request = new GenerateRequest(
                prompt,
                negative.orElse(""),
                cfg,
                guidance.orElse(model.guidance()),
                candidates,
                seed,
                steps.orElse(model.steps()),
                height.orElse(model.height()),
                width.orElse(model.width()),
                maxSequenceLength.orElse(model.maxSequenceLength()),
                rowsAtOnce());
        if (negative.isPresent() && !request.guided()) {
            throw new InvalidInputException(
                    "--negative has no effect with --true-cfg %s, expected --true-cfg above 1 and up to 100"
                            .formatted(cfg));
        }
        return request;
    }
}
