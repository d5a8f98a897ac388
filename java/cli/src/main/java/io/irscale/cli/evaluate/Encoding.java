package io.irscale.cli.evaluate;

import io.irscale.cli.FileDigest;
import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.data.ImageFiles;
import io.irscale.evaluate.ClipScore;
import io.irscale.evaluate.FeatureEncoder;
import io.irscale.evaluate.FeatureSource;
import io.irscale.evaluate.Features;
import io.irscale.evaluate.Groups;
import io.irscale.evaluate.ReferenceSet;
import io.irscale.evaluate.ReferenceStatistics;
import io.irscale.evaluate.RowMean;
import io.irscale.file.AtomicFile;
import io.irscale.tensor.DType;
import io.irscale.text.ClipSource;
import io.irscale.verify.EmbeddingVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Shows all images to all networks, one network after the other. */
final class Encoding {
    private final EvaluatePlan plan;
    private final ProgressView progress;
    private final Interruption interruption;

    Encoding(EvaluatePlan plan, ProgressView progress, Interruption interruption) {
        this.plan = plan;
        this.progress = progress;
        this.interruption = interruption;
    }

    /** What one encoder makes of the real and the generated images. */
    Encoded encode(EncoderSpec spec) {
        try (FeatureEncoder encoder = progress.loading(spec.path().toString(), () -> spec.open(plan.setting()))) {
            return switch (plan.reference()) {
                case Reference.Statistics statistics ->
                    ofStatistics(
                            encoder,
                            spec,
                            ReferenceStatistics.read(statistics.path(), encoder).set(),
                            statistics.count());
                case Reference.Npz npz ->
                    ofStatistics(
                            encoder,
                            spec,
                            progress.loading(
                                    npz.path().toString(),
                                    () -> npz.statistics().read(encoder)),
                            npz.count());
                case Reference.Images images -> ofImages(encoder, spec, images);
            };
        }
    }

    private Encoded ofStatistics(FeatureEncoder encoder, EncoderSpec spec, ReferenceSet read, OptionalInt count) {
        ReferenceSet reference = read.features()
                .filter(all -> count.isPresent())
                .map(all -> ReferenceSet.of(
                        read.source(),
                        all.draw(count.getAsInt(), plan.bootstrap().seed())))
                .orElse(read);
        return with(
                encoder, spec, reference, true, reference.features().map(features -> Groups.single(features.count())));
    }

    private Encoded ofImages(FeatureEncoder encoder, EncoderSpec spec, Reference.Images images) {
        if (plan.cache().isEmpty()) {
            FeatureSource source = FeatureSource.of(encoder, images.path().toString());
            ReferenceStatistics made = ReferenceStatistics.of(source, features(encoder, images.files()));
            return with(encoder, spec, made.set(), false, Optional.of(images.groups()));
        }
        FeatureSource source = FeatureSource.of(encoder, images.identity());
        Path file = plan.cache().get().resolve(fileName(source));
        if (Files.exists(file)) {
            ReferenceStatistics kept = ReferenceStatistics.read(file, source);
            progress.finished(images.samples().size());
            return with(encoder, spec, kept.set(), true, Optional.of(images.groups()));
        }
        ReferenceStatistics made = ReferenceStatistics.of(source, features(encoder, images.files()));
        keep(made, file);
        return with(encoder, spec, made.set(), false, Optional.of(images.groups()));
    }

    private Encoded with(
            FeatureEncoder encoder, EncoderSpec spec, ReferenceSet reference, boolean kept, Optional<Groups> groups) {
        List<Features> arms = new ArrayList<>();
        plan.arms().forEach(arm -> arms.add(features(encoder, arm.files())));
        return new Encoded(spec, reference, kept, groups, arms);
    }

    private Features features(FeatureEncoder encoder, ImageFiles files) {
        Features features = encoder.encode(files, plan.batch(), this::told);
        progress.finished(files.count());
        return features;
    }

    /** The scores of all arms whose prompts are known, by the arm's name. */
    Map<String, RowMean> score(ClipSource clip) {
        try (EmbeddingVerifier verifier = progress.loading(
                clip.toString(),
                () -> EmbeddingVerifier.open(
                        clip, plan.setting()::tokenizer, plan.setting().device(), DType.F32))) {
            Map<String, RowMean> scores = new LinkedHashMap<>();
            for (Arm arm : plan.arms()) {
                arm.prompts().ifPresent(prompts -> {
                    scores.put(
                            arm.name(),
                            ClipScore.of(
                                    verifier, plan.setting().device(), arm.files(), prompts, plan.batch(), this::told));
                    progress.finished(arm.images().size());
                });
            }
            return scores;
        }
    }

    private void told(int done) {
        interruption.check("nothing is written");
        progress.reached(done, Double.NaN);
    }

    /** Other features, another name. */
    private static String fileName(FeatureSource source) {
        String all = String.join("\n", source.encoder(), source.weights(), source.preprocessing(), source.dataset());
        byte[] digest = FileDigest.sha256().digest(all.getBytes(StandardCharsets.UTF_8));
        return source.encoder() + "-" + HexFormat.of().formatHex(digest, 0, 8) + ".safetensors";
    }

    private void keep(ReferenceStatistics made, Path file) {
        AtomicFile.makeFolder(file.resolveSibling(""));
        made.write(file);
        progress.note("statistics are kept in " + file);
    }
}
