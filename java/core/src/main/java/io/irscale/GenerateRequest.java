package io.irscale;

import io.irscale.denoise.FlowSchedule;
import io.irscale.error.InvalidInputException;
import io.irscale.text.PromptEncoder;
import java.util.OptionalInt;

/**
 * One prompt and how to sample it. Candidate i starts from the noise of seed {@code seed + i}, modulo 2^64.
 *
 * @param prompt 1 to {@value #MAX_PROMPT} characters
 * @param negative the negative prompt, may be empty; used when {@code trueCfg > 1}
 * @param trueCfg true classifier-free guidance: v_neg + trueCfg (v - v_neg); 1 for none, else 1 to 100, doubles the cost
 * @param guidance embedded guidance of FLUX.1-dev, 0 to 100; ignored by models without it
 * @param candidates images to draw, 1 to {@value #MAX_CANDIDATES}
 * @param seed any 64 bits, unsigned as torch has them; only the low 32 count
 * @param steps 1 to {@value FlowSchedule#MAX_STEPS}
 * @param height pixels
 * @param width pixels
 * @param maxSequenceLength T5 tokens, 1 to {@value PromptEncoder#MAX_SEQUENCE_LENGTH}
 * @param batch candidates that go through the device at once; empty: as many as its memory should hold
 */
public record GenerateRequest(
        String prompt,
        String negative,
        float trueCfg,
        float guidance,
        int candidates,
        long seed,
        int steps,
        int height,
        int width,
        int maxSequenceLength,
        OptionalInt batch) {
    /** Longest prompt, in characters. */
    public static final int MAX_PROMPT = 10_000;

    /** Most candidates of one request. */
    public static final int MAX_CANDIDATES = 65_536;

    private static final float MAX_SCALE = 100;

    /** @throws InvalidInputException if a value is out of its range */
    public GenerateRequest {
        if (prompt.isBlank()) {
            throw new InvalidInputException("prompt is empty, expected 1 to %d characters".formatted(MAX_PROMPT));
        }
        requireLength("prompt", prompt);
        requireLength("negative prompt", negative);
        // written so that NaN fails
        if (!(trueCfg >= 1 && trueCfg <= MAX_SCALE)) {
            throw new InvalidInputException("true cfg is " + trueCfg + ", expected 1 to 100");
        }
        if (!(guidance >= 0 && guidance <= MAX_SCALE)) {
            throw new InvalidInputException("guidance is " + guidance + ", expected 0 to 100");
        }
        requireRange("candidates", candidates, MAX_CANDIDATES);
        requireRange("steps", steps, FlowSchedule.MAX_STEPS);
        requireRange("max sequence length", maxSequenceLength, PromptEncoder.MAX_SEQUENCE_LENGTH);
        batch.ifPresent(rows -> requireRange("batch", rows, MAX_CANDIDATES));
    }

    /** {@link ModelDefaults#FLUX_DEV}, one candidate, seed 0. */
    public static GenerateRequest of(String prompt) {
        return ModelDefaults.FLUX_DEV.request(prompt);
    }

    /** The same of another prompt. */
    public GenerateRequest withPrompt(String text) {
        return new GenerateRequest(
                text, negative, trueCfg, guidance, candidates, seed, steps, height, width, maxSequenceLength, batch);
    }

    /** The same with {@code n} candidates from {@code firstSeed} on. */
    public GenerateRequest withCandidates(int n, long firstSeed) {
        return new GenerateRequest(
                prompt, negative, trueCfg, guidance, n, firstSeed, steps, height, width, maxSequenceLength, batch);
    }

    /** The same with another number of steps. */
    public GenerateRequest withSteps(int n) {
        return new GenerateRequest(
                prompt, negative, trueCfg, guidance, candidates, seed, n, height, width, maxSequenceLength, batch);
    }

    /** The same at another size, in pixels. */
    public GenerateRequest withSize(int h, int w) {
        return new GenerateRequest(
                prompt, negative, trueCfg, guidance, candidates, seed, steps, h, w, maxSequenceLength, batch);
    }

    /** The same with another embedded guidance. */
    public GenerateRequest withGuidance(float scale) {
        return new GenerateRequest(
                prompt, negative, trueCfg, scale, candidates, seed, steps, height, width, maxSequenceLength, batch);
    }

    /** The same with true classifier-free guidance. */
    public GenerateRequest withTrueCfg(float scale, String against) {
        return new GenerateRequest(
                prompt, against, scale, guidance, candidates, seed, steps, height, width, maxSequenceLength, batch);
    }

    /** The same with another number of T5 tokens. */
    public GenerateRequest withMaxSequenceLength(int tokens) {
        return new GenerateRequest(
                prompt, negative, trueCfg, guidance, candidates, seed, steps, height, width, tokens, batch);
    }

    /** The same with {@code rows} candidates at a time. */
    public GenerateRequest withBatch(int rows) {
        return new GenerateRequest(
                prompt,
                negative,
                trueCfg,
                guidance,
                candidates,
                seed,
                steps,
                height,
                width,
                maxSequenceLength,
                OptionalInt.of(rows));
    }

    /** Whether a negative prompt doubles every forward. */
    public boolean guided() {
        return trueCfg > 1;
    }

    /** Transformer forwards that the request takes. */
    public long forwards() {
        return (long) candidates * steps * (guided() ? 2 : 1);
    }

    private static void requireLength(String name, String text) {
        if (text.length() > MAX_PROMPT) {
            throw new InvalidInputException(
                    "%s has %d characters, expected at most %d".formatted(name, text.length(), MAX_PROMPT));
        }
    }

    private static void requireRange(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new InvalidInputException("%s is %d, expected 1 to %d".formatted(name, value, most));
        }
    }
}
