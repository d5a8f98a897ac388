package io.irscale.cli.evaluate;

import io.irscale.cli.TrainedRange;
import io.irscale.error.InvalidInputException;
import io.irscale.evaluate.Bootstrap;
import io.irscale.text.ClipSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is measured.
 *
 * @param reference the real images
 * @param arms the generated ones, of equal counts
 * @param compared the two arms whose change is told
 * @param encoders whose features are compared
 * @param clips whose score is given, by name
 * @param metrics between features
 * @param bootstrap the intervals
 * @param cache where statistics are kept
 * @param setting where networks run
 * @param batch most images at once
 */
record EvaluatePlan(
        Reference reference,
        List<Arm> arms,
        Optional<Pair> compared,
        List<EncoderSpec> encoders,
        Map<String, ClipSource> clips,
        Set<Metric> metrics,
        Bootstrap bootstrap,
        Optional<Path> cache,
        EncoderSpec.Setting setting,
        int batch) {

    /** Two arms, and whether their prompts are the same. */
    record Pair(Arm before, Arm after) {
        boolean paired() {
            return before.pairsWith(after);
        }
    }

    /** @throws InvalidInputException if it cannot be carried out, before anything is loaded */
    EvaluatePlan {
        int generated = arms.getFirst().images().size();
        int least = metrics.contains(Metric.PRDC) && !encoders.isEmpty() ? Metric.DENSITY_NEIGHBOURS + 1 : 2;
        if (generated < least) {
            throw new InvalidInputException("%s: %d images are compared, expected at least %d"
                    .formatted(arms.getFirst().source(), generated, least));
        }
        OptionalInt real = reference.known();
        if (real.isPresent() && real.getAsInt() < least) {
            throw new InvalidInputException("--real %s: %d images are compared, expected at least %d"
                    .formatted(reference.path(), real.getAsInt(), least));
        }
        if (!(reference instanceof Reference.Images) && encoders.size() != 1) {
            throw new InvalidInputException("--real %s: statistics are of one encoder, and %d are named"
                    .formatted(reference.path(), encoders.size()));
        }
        if (!clips.isEmpty() && arms.stream().allMatch(arm -> arm.prompts().isEmpty())) {
            throw new InvalidInputException(
                    "--clip: no prompts are known of %s, expected a run.json of irscale or a metadata.jsonl"
                            .formatted(arms.getFirst().source()));
        }
        encoders.stream()
                .filter(spec -> spec.kind() == EncoderSpec.Kind.CLIP)
                .map(EncoderSpec::clip)
                .forEach(setting::tokenizer);
        clips.values().forEach(setting::tokenizer);
    }

    /** A line for each network that was trained on images of other counts. */
    List<String> mismatches() {
        return Stream.concat(
                        encoders.stream().map(EncoderSpec::path),
                        clips.values().stream().map(ClipSource::path))
                .distinct()
                .flatMap(network -> TrainedRange.mismatch(network, reference.range()).stream())
                .toList();
    }

    /** How often a network looks at an image. */
    long looks() {
        long generated = (long) arms.size() * arms.getFirst().images().size();
        long real =
                reference instanceof Reference.Images images ? images.samples().size() : 0;
        long scored = arms.stream()
                .filter(arm -> arm.prompts().isPresent())
                .mapToLong(arm -> arm.images().size())
                .sum();
        return encoders.size() * (generated + real) + clips.size() * scored;
    }

    /** How many bootstrap draws there are, each of one number of one arm. */
    long draws() {
        long arm = (long) arms.size() + (compared.isPresent() ? 2 : 0);
        long numbers = encoders.stream()
                .flatMap(spec -> metrics.stream().filter(metric -> metric.isOf(spec.kind())))
                .mapToLong(metric -> metric.parts().size())
                .sum();
        return bootstrap.draws() * arm * (numbers + clips.size());
    }
}
