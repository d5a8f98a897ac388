package io.irscale.cli;

import io.irscale.GenerateRequest;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** How to sample. */
public final class SamplingOptions {
    private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "The first seed; candidate i starts from S + i." + DEFAULT)
    private long seed;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "28", description = "Denoising steps." + DEFAULT)
    private int steps;

    @Option(
            names = "--guidance",
            paramLabel = "G",
            defaultValue = "3.5",
            description = "Embedded guidance of FLUX.1-dev." + DEFAULT)
    private float guidance;

    @Option(
            names = "--true-cfg",
            paramLabel = "S",
            defaultValue = "1",
            description = "True classifier-free guidance; above 1 it takes twice the time." + DEFAULT)
    private float trueCfg;

    @Option(
            names = "--negative",
            paramLabel = "TEXT",
            description = "What --true-cfg guides away from. Default: the empty prompt.")
    private Optional<String> negative = Optional.empty();

    @Option(names = "--height", paramLabel = "PIXELS", defaultValue = "512", description = "Image height." + DEFAULT)
    private int height;

    @Option(names = "--width", paramLabel = "PIXELS", defaultValue = "512", description = "Image width." + DEFAULT)
    private int width;

    @Option(
            names = "--max-sequence-length",
            paramLabel = "N",
            defaultValue = "512",
            description = "T5 tokens a prompt; FLUX.1-schnell was trained with 256." + DEFAULT)
    private int maxSequenceLength;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Candidates that go through the device at once. Default: as many as its memory holds.")
    private Optional<Integer> batch = Optional.empty();

    /** One request a prompt, each checked, of so many candidates. */
    public List<GenerateRequest> requests(List<PromptOptions.Source> prompts, int candidates) {
        List<GenerateRequest> requests = new ArrayList<>();
        for (PromptOptions.Source source : prompts) {
            try {
                requests.add(request(source.prompt(), candidates));
            } catch (InvalidInputException e) {
                throw new InvalidInputException(source.where() + e.getMessage(), e);
            }
        }
        return requests;
    }

    private GenerateRequest request(String prompt, int candidates) {
        GenerateRequest request = new GenerateRequest(
                prompt,
                negative.orElse(""),
                trueCfg,
                guidance,
                candidates,
                seed,
                steps,
                height,
                width,
                maxSequenceLength,
                batch.map(OptionalInt::of).orElseGet(OptionalInt::empty));
        if (negative.isPresent() && !request.guided()) {
            throw new InvalidInputException(
                    "--negative has no effect with --true-cfg %s, expected --true-cfg above 1 and up to 100"
                            .formatted(trueCfg));
        }
        return request;
    }
}
